import { GoError } from './goJson.js';

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const MAX_NANOSECONDS = 2 ** 63;

/**
 * The nanoseconds of a Go duration such as `1h30m`. Throws a {@link GoError} with the words of Go's
 * `time.ParseDuration`. Reads each character once: no text takes more than linear time.
 */
export function parseGoDuration(text: string): number {
  const fail = (problem: string): GoError => new GoError(`time: ${problem} ${quote(text)}`);
  const unsigned = text.replace(/^[-+]/, '');
  if (unsigned === '0') return 0;
  if (unsigned === '') throw fail('invalid duration');

  // No part can fail, so nothing is read twice.
  const part = /(\d*)(\.?\d*)([^.\d]*)/y;
  let sum = 0;
  while (part.lastIndex < unsigned.length) {
    const [, whole = '', fraction = '', unit = ''] = part.exec(unsigned) ?? [];
    const number = Number(`${whole || '0'}${fraction === '.' ? '' : fraction}`);
    if (!whole && fraction.length < 2) throw fail('invalid duration');
    if (number >= MAX_NANOSECONDS) throw fail('invalid duration');
    if (unit === '') throw fail('missing unit in duration');
    const scale = Object.hasOwn(NANOSECONDS, unit) ? NANOSECONDS[unit] : undefined;
    if (scale === undefined) throw fail(`unknown unit ${quote(unit)} in duration`);
    sum += number * scale;
    if (sum >= MAX_NANOSECONDS) throw fail('invalid duration');
  }
  return text.startsWith('-') ? -sum : sum;
}

/** As package `time` quotes: what is not printable ASCII is written byte by byte. */
function quote(text: string): string {
  const escaped = text
    .replace(/["\\]/g, String.raw`\$&`)
    .replace(/[^ -~]+/g, (part) =>
      Array.from(Buffer.from(part), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
    );
  return `"${escaped}"`;
}
