/** A copy of the object without some of its optional fields. */
export function omit<T extends object>(object: T, ...keys: readonly string[]): T {
  const copy = {} as T;
  for (const key in object) if (!keys.includes(key)) copy[key] = object[key];
  return copy;
}
