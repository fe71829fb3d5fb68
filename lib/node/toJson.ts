/**
 * A value as JSON. A tool can make any value: a bigint becomes the string of its digits, as a large integer
 * of a model does. What JSON doesn't have becomes `null`.
 *
 * @throws TypeError or RangeError for a value that contains itself, or is too deep
 */
export function toJson(value: unknown): string {
  try {
    return write(value);
  } catch {
    return write(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
  }
}

function write(value: unknown, replacer?: (key: string, part: unknown) => unknown): string {
  // `undefined` and functions have no JSON, though the type says so.
  return JSON.stringify(value, replacer) || 'null';
}
