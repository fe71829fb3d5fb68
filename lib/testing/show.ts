/** Deeper values are cut off, and so are cycles. */
const MAX_DEPTH = 20;

/** A value as text in one line, complete and with sorted keys, so that equal values have equal texts. */
export function show(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (typeof value === 'function') return `[function ${value.name}]`;
  if (typeof value !== 'object' || value === null)
    return Object.is(value, -0) ? '-0' : String(value);
  if (depth > MAX_DEPTH) return '…';
  const nested = (each: unknown): string => show(each, depth + 1);

  if (Array.isArray(value)) return `[${value.map(nested).join(', ')}]`;
  const name = nameOf(value);
  const entries = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${/^\w+$/.test(key) ? key : JSON.stringify(key)}: ${nested(each)}`);
  const fields = entries.length ? `{ ${entries.join(', ')} }` : '';
  if (value instanceof Error) return [`${value.name}: ${value.message}`, fields].join(' ').trim();
  if (value instanceof Date) return `${name} ${String(value.getTime())}`;
  if (value instanceof Map || value instanceof Set) return `${name} ${nested([...value])}`;
  return [name === 'Object' ? '' : name, fields || '{}'].join(' ').trim();
}

function nameOf(value: object): string {
  const { constructor } = value as { readonly constructor?: unknown };
  return typeof constructor === 'function' ? constructor.name : 'Object';
}
