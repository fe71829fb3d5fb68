/** Where an integer of 16 or more digits may stand: 2^53 has 16. The digits of a fraction don't count. */
const MAYBE_LARGE = /(?:^|[:,[\s-])\d{16}/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?\d+$/;
const BACKSLASH = 92;

/**
 * Whether a number of JSON is an integer that a JavaScript number can't hold: one that is not safe, since
 * `JSON.parse` gives the same number for several of these.
 */
export function isLargeInteger(digits: string): boolean {
  return INTEGER.test(digits) && !Number.isSafeInteger(Number(digits));
}

/** Parses JSON as `JSON.parse` does, except that a large integer becomes the string of its digits. */
export function parseExactJson(text: string): unknown {
  return keepLargeIntegers(text, JSON.parse(text));
}

/**
 * The value of a valid JSON text, with large integers as strings of their digits; `value` itself if the
 * text has none.
 */
export function keepLargeIntegers(text: string, value: unknown): unknown {
  if (!MAYBE_LARGE.test(text)) return value;
  const quoted = quoteLargeIntegers(text);
  return quoted === text ? value : JSON.parse(quoted);
}

/** Linear in the length of the text: each character is searched for the next quote, and seen once more. */
function quoteLargeIntegers(text: string): string {
  let quoted = '';
  let start = 0;
  for (;;) {
    const opening = text.indexOf('"', start);
    const outside = opening < 0 ? text.slice(start) : text.slice(start, opening);
    quoted += outside.replace(NUMBER, (digits) =>
      isLargeInteger(digits) ? `"${digits}"` : digits,
    );
    if (opening < 0) return quoted;
    start = findEnd(text, opening) + 1;
    quoted += text.slice(opening, start);
  }
}

/** Where the string ends that begins at this place. */
function findEnd(text: string, opening: number): number {
  let end = opening;
  let escapes: number;
  do {
    end = text.indexOf('"', end + 1);
    escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
  } while (escapes % 2 === 1);
  return end;
}
