/**
 * Whether two requests ask for the same: plain objects and lists by what they hold, everything else by
 * identity. So bytes of images are compared without being read. A field that is `undefined` is absent.
 */
export function isSameRequest(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b) || getLength(a) !== getLength(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSameRequest(a[key], b[key]));
}

const getLength = (value: unknown): number => (Array.isArray(value) ? value.length : -1);

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
