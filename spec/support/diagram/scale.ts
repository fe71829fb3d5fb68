import { needBetween, type Block, type Level } from './blocks.js';

/** A row of blocks, each with the line on which its label stands. */
export interface Shelf {
  readonly blocks: readonly Block[];
  readonly levels: readonly Level[];
}

/** Where each time is on the axis. */
export interface Scale {
  readonly places: ReadonlyMap<number, number>;
  /** The px per ms of the stretches that are not compressed. */
  readonly pace: number;
}

/** From where to where there is room, in px. */
export interface Room {
  /** The labels may begin before the axis. */
  readonly left: number;
  readonly start: number;
  readonly right: number;
}

/** Between two times, at least. */
const STEP = 7;
/** The line of a row that has not ended continues behind the last time. */
const TAIL = 8;

interface Needs {
  /** The room that a block needs on its left and right. */
  readonly left: ReadonlyMap<number, number>;
  readonly right: ReadonlyMap<number, number>;
  /** What must stand before a time, and how far before. */
  readonly before: ReadonlyMap<number, readonly (readonly [time: number, distance: number])[]>;
}

function findNeeds(shelves: readonly Shelf[]): Needs {
  const left = new Map<number, number>();
  const right = new Map<number, number>();
  const before = new Map<number, (readonly [number, number])[]>();
  for (const { blocks, levels } of shelves) {
    blocks.forEach((block, j) => {
      const { at, mark, label } = block;
      left.set(at, Math.max(left.get(at) ?? 0, mark.left, label.left));
      right.set(at, Math.max(right.get(at) ?? 0, mark.right, label.right));
      const pairs = blocks.slice(0, j).map((other, i) => {
        const need = needBetween([other, block], [levels[i] ?? 0, levels[j] ?? 0]);
        return [other.at, need] as const;
      });
      before.set(at, [...(before.get(at) ?? []), ...pairs]);
    });
  }
  return { left, right, before };
}

/** Puts each time as far to the left as its neighbors and the pace allow. Gives `undefined` without the room. */
function place(times: readonly number[], needs: Needs, room: Room, pace: number) {
  const places = new Map<number, number>();
  let [time, x] = [times[0] ?? 0, room.start];
  let end = x;
  for (const at of times) {
    if (places.size) x += Math.max(STEP, (at - time) * pace);
    const distances = (needs.before.get(at) ?? []).map(
      ([other, distance]) => (places.get(other) ?? 0) + distance,
    );
    x = Math.max(x, room.left + (needs.left.get(at) ?? 0), ...distances);
    end = Math.max(end, x + (needs.right.get(at) ?? 0));
    places.set(at, x);
    time = at;
  }
  return Math.max(end, x + TAIL) <= room.right ? places : undefined;
}

/**
 * Finds the largest pace that fits. Time is linear where there is room; a stretch with crowded labels takes more,
 * so that the others are compressed.
 */
export function findScale(
  times: readonly number[],
  shelves: readonly Shelf[],
  room: Room,
): Scale | undefined {
  const needs = findNeeds(shelves);
  let best = place(times, needs, room, 0);
  const length = (times.at(-1) ?? 0) - (times[0] ?? 0);
  let [pace, limit] = [0, (room.right - room.start) / Math.max(1, length)];
  for (let i = 0; best && i < 20; i++) {
    const middle = (pace + limit) / 2;
    const places = place(times, needs, room, middle);
    if (places) [pace, best] = [middle, places];
    else limit = middle;
  }
  return best && { places: best, pace };
}

/** Lifts each label to the highest line on which it fits. */
export function lift({ blocks, levels }: Shelf, { places }: Scale): Shelf {
  const x = ({ at }: Block) => places.get(at) ?? 0;
  const fit = (tried: readonly Level[]) =>
    blocks.every((after, j) =>
      blocks
        .slice(0, j)
        .every(
          (before, i) =>
            x(after) - x(before) >=
            needBetween([before, after], [tried[i] ?? 0, tried[j] ?? 0]) - 0.1,
        ),
    );
  const lifted = blocks.reduce<readonly Level[]>((tried, _, i) => {
    const level = tried[i];
    if (typeof level !== 'number') return tried;
    const above = Array.from({ length: level }, (__, each) =>
      tried.map((old, j) => (i === j ? each : old)),
    );
    return above.find(fit) ?? tried;
  }, levels);
  return { blocks, levels: lifted };
}
