/** Something with the lane that it is drawn in. */
export interface InLane<T> {
  readonly one: T;
  readonly lane: number;
}

/** Gives each stretch of time the first lane that is free. */
export function toLanes<T>(
  all: readonly T[],
  getTimes: (one: T) => readonly [from: number, to: number],
): { readonly lanes: readonly InLane<T>[]; readonly count: number } {
  const ends: number[] = [];
  const lanes = all.map((one) => {
    const [from, to] = getTimes(one);
    const free = ends.findIndex((end) => end <= from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = to;
    return { one, lane };
  });
  return { lanes, count: ends.length };
}

/** More at a time can't be distinguished, and are not drawn. */
export const MAX_LANES = 3;
/** The height of a lane, in px. */
export const LANE = 15;
