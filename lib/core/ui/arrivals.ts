/** Text that came between two emissions. */
interface Arrival {
  /** No character of it came before this time. */
  readonly at: number;
  /** The position at which it ends, counted over all text that ever came. */
  readonly end: number;
}

/** When the latest text came, oldest first. */
export interface Arrivals {
  list(): readonly Arrival[];
  /** More text has come, up to this position. */
  add(at: number, end: number): void;
  /** Drops the arrivals up to this position: their text was emitted. */
  forget(position: number): void;
  /** Drops the arrivals after this position: their text is void. */
  rewind(position: number): void;
}

/** Starts with no text. */
export function createArrivals(): Arrivals {
  let arrivals: Arrival[] = [];
  let last = 0;

  return {
    list: () => arrivals,
    add(at, end) {
      if (end <= last) return;
      last = end;
      if (arrivals.at(-1)?.at === at) arrivals.pop();
      arrivals.push({ at, end });
    },
    forget(position) {
      arrivals = arrivals.filter(({ end }) => end > position);
    },
    rewind(position) {
      const startOf = (i: number): number => arrivals[i - 1]?.end ?? 0;
      arrivals = arrivals
        .filter((_, i) => startOf(i) < position)
        .map(({ at, end }) => ({ at, end: Math.min(end, position) }));
      last = Math.min(last, position);
    },
  };
}
