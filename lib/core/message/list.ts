/** Up to this length a list is copied for each snapshot: few messages have more calls. */
const COPIED = 64;

/**
 * Sets a field of a snapshot to the elements that a growing list has now.
 *
 * With a copy of a long list for each snapshot, the cost of all snapshots would be quadratic. Such a
 * copy is therefore made when the field is first read. Until then it is an accessor, and otherwise like
 * any field: it can be assigned, deleted, spread, cloned and written as JSON.
 *
 * @param isFinal the list is complete: it is always copied
 */
export function setList(
  snapshot: object,
  field: string,
  list: readonly unknown[],
  isFinal: boolean,
): void {
  const { length } = list;
  if (isFinal || length <= COPIED) {
    (snapshot as Record<string, unknown>)[field] = list.slice();
    return;
  }
  let copy: readonly unknown[] | undefined;
  Object.defineProperty(snapshot, field, {
    configurable: true,
    enumerable: true,
    get: () => (copy ??= list.slice(0, length)),
    set(this: object, value: unknown) {
      Object.defineProperty(this, field, {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    },
  });
}
