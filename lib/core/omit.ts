/** A copy of the object without some of its optional fields, and without one named `__proto__`. */
export function omit<T extends object>(object: T, ...keys: readonly string[]): T {
  const copy = {} as T;
  for (const key in object) {
    // Assigned, a field of this name would become the copy's prototype.
    if (!keys.includes(key) && key !== '__proto__') copy[key] = object[key];
  }
  return copy;
}
