import { describeValue, type Kind } from '../../spec/support/diagram/values.js';

/** Characters of a label at most. */
const MAX_LINE = 60;

export function shorten(text: string, length = MAX_LINE): string {
  if (text.length <= length) return text;
  // Text that grows differs at its end. An emoji that is cut in two is none.
  const begin = text.slice(0, length / 3).replace(/[\uD800-\uDBFF]$/, '');
  const end = text.slice((-2 * length) / 3).replace(/^[\uDC00-\uDFFF]/, '');
  return `${begin}…${end}`;
}

/** Figures that were measured have many digits. */
const roundDigits = (line: string): string =>
  line.replace(/\d+\.\d{3,}/g, (digits) => Number(digits).toFixed(1));

/** Characters of a text that can be in a label. */
const MAX_TEXT = 4 * MAX_LINE;

interface Texts {
  readonly content?: unknown;
  readonly thinking?: unknown;
}

/** A copy with texts that are no longer than labels: a message of the whole answer so far would take long. */
function shortenTexts<T extends object>(message: T & Texts): T {
  const { content, thinking } = message;
  const isLong = (text: unknown): text is string =>
    typeof text === 'string' && text.length > MAX_TEXT;
  if (!isLong(content) && !isLong(thinking)) return message;
  return {
    ...message,
    ...(isLong(content) && { content: shorten(content, MAX_TEXT) }),
    ...(isLong(thinking) && { thinking: shorten(thinking, MAX_TEXT) }),
  };
}

function shortenValue(value: unknown): unknown {
  if (typeof value === 'string') return shorten(value, MAX_TEXT);
  if (typeof value !== 'object' || value === null) return value;
  const { message } = value as { readonly message?: unknown };
  if (typeof message !== 'object' || message === null) return shortenTexts(value);
  const short = shortenTexts(message);
  return short === message ? value : { ...value, message: short };
}

/** Describes a value in the words of the diagrams, or as well as it can. */
export function describe(value: unknown): {
  readonly kind: Kind;
  readonly lines: readonly string[];
} {
  try {
    const { kind, lines } = describeValue(shortenValue(value));
    return { kind, lines: lines.slice(0, 4).map((line) => shorten(roundDigits(line))) };
  } catch {
    return { kind: 'value', lines: [typeof value] };
  }
}
