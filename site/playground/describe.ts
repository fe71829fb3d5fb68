import { describeValue, type Kind } from '../../spec/support/diagram/values.js';

/** Characters of a label at most. */
const MAX_LINE = 60;

export function shorten(text: string, length = MAX_LINE): string {
  if (text.length <= length) return text;
  // Text that grows differs at its end.
  return `${text.slice(0, length / 3)}…${text.slice((-2 * length) / 3)}`;
}

/** Figures that were measured have many digits. */
const roundDigits = (line: string): string =>
  line.replace(/\d+\.\d{3,}/g, (digits) => Number(digits).toFixed(1));

/** Describes a value in the words of the diagrams, or as well as it can. */
export function describe(value: unknown): {
  readonly kind: Kind;
  readonly lines: readonly string[];
} {
  try {
    const { kind, lines } = describeValue(value);
    return { kind, lines: lines.slice(0, 4).map((line) => shorten(roundDigits(line))) };
  } catch {
    return { kind: 'value', lines: [typeof value] };
  }
}
