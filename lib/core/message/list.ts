/** Up to this length a list is copied for each snapshot: few messages have more calls. */
const COPIED = 64;

/** The elements that a growing list had at the time of a snapshot. */
interface Prefix {
  readonly list: readonly unknown[];
  readonly length: number;
  copy?: readonly unknown[];
}

const PREFIX = Symbol('prefix');

interface LazySnapshot {
  readonly [PREFIX]: Prefix;
}

/** Sets a field of a snapshot to the elements that a growing list has now. */
export type SetList = (snapshot: object, list: readonly unknown[], isFinal: boolean) => void;

/**
 * Makes a function that sets a field of this name.
 *
 * A copy of a long list for each snapshot would make the cost of all snapshots quadratic. So it is
 * copied when the field is first read, unless the snapshot is final. Until then the field is an
 * accessor, and otherwise like any other: it can be assigned, deleted, spread, cloned and written as JSON.
 */
export function createSetList(field: string): SetList {
  // All snapshots share it: V8 makes objects with accessors of their own much larger and slower.
  const accessor: PropertyDescriptor & ThisType<LazySnapshot> = {
    configurable: true,
    enumerable: true,
    get() {
      const prefix = this[PREFIX];
      return (prefix.copy ??= prefix.list.slice(0, prefix.length));
    },
    set(value: unknown) {
      const data = { value, configurable: true, enumerable: true, writable: true };
      Object.defineProperty(this, field, data);
    },
  };
  return (snapshot, list, isFinal) => {
    const { length } = list;
    if (isFinal || length <= COPIED) {
      (snapshot as Record<string, unknown>)[field] = list.slice();
      return;
    }
    Object.defineProperty(snapshot, PREFIX, { value: { list, length } satisfies Prefix });
    Object.defineProperty(snapshot, field, accessor);
  };
}
