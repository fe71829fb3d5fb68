/** Dates as servers send them: `Sun, 06 Nov 1994 08:49:37 GMT`, and two forms that are out of use. */
const DATE = /^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/;

/**
 * How long a server asks to wait, in ms, from its `Retry-After`: seconds, or a date, which is compared with the
 * server's own clock in `Date`. `undefined` if it asks for nothing that can be read.
 */
export function readRetryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers['retry-after']?.trim() ?? '';
  const ms = /^\d+$/.test(value)
    ? Number(value) * 1000
    : Math.max(0, readDate(value) - readDate(headers['date'] ?? ''));
  return Number.isSafeInteger(ms) ? ms : undefined;
}

function readDate(text: string): number {
  return DATE.test(text.trim()) ? Date.parse(text) : NaN;
}
