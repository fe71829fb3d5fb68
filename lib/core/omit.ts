/** A copy of the object without some of its optional fields. */
export function omit<T extends object>(object: T, ...keys: readonly string[]): T {
  const copy = { ...object };
  for (const key of keys) if (key in copy) Reflect.deleteProperty(copy, key);
  return copy;
}
