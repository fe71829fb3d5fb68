import { isObject } from '../wire/line.js';

/** Whether two values of JSON are equal. A loop, because a client may nest as deeply as it wants. */
export function sameJson(one: unknown, other: unknown): boolean {
  const pairs: [unknown, unknown][] = [[one, other]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = pair;
    if (Object.is(a, b)) continue;
    const areLists = Array.isArray(a) && Array.isArray(b);
    if (!areLists && !(isObject(a) && isObject(b))) return false;
    const keys = Object.keys(a as object);
    if (keys.length !== Object.keys(b as object).length) return false;
    for (const key of keys) {
      if (!Object.hasOwn(b as object, key)) return false;
      pairs.push([Reflect.get(a as object, key), Reflect.get(b as object, key)]);
    }
  }
  return true;
}
