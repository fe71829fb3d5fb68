import { RADIUS, toBlocks } from './blocks.js';
import { findScale, lift, type Scale, type Shelf } from './scale.js';
import { MARGIN, WIDTH } from './size.js';
import { listLanes, listTimes, slice, type Lane, type Timeline } from './timeline.js';

/** How the labels of rows are set, and where on the axis each time is. */
export interface Plan {
  readonly timeline: Timeline;
  readonly shelves: readonly Shelf[];
  readonly scale: Scale;
}

/** How wide labels may be, and on how many lines they may stand. The first that hardly compresses time is used. */
const SETTINGS = [1, 2, 3].flatMap((levels) => [116, 92, 72].map((width) => ({ levels, width })));
/** Of the pace that fills the width: less than that counts as compressed. */
const FAIR = 0.6;
const MAX_SYSTEMS = 3;
/** More than that do not fit, and have too many cuts to try. */
const MAX_TIMES = 40;

function toShelf(lane: Lane, { levels, width }: (typeof SETTINGS)[number]): Shelf {
  const blocks = toBlocks(lane, width);
  let single = 0;
  return {
    blocks,
    levels: blocks.map(({ dots }) => (dots.length > 1 ? 'all' : single++ % levels)),
  };
}

function planOne(timeline: Timeline, times: readonly number[], gutter: number): Plan | undefined {
  const lanes = listLanes(timeline);
  const room = { left: MARGIN, start: MARGIN + gutter + 1.5 * RADIUS, right: WIDTH - MARGIN };
  const length = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const fair = (FAIR * (room.right - room.start)) / Math.max(1, length);
  const plans = SETTINGS.flatMap((setting) => {
    const shelves = lanes.map((lane) => toShelf(lane, setting));
    const scale = findScale(times, shelves, room);
    return scale ? [{ timeline, shelves: shelves.map((shelf) => lift(shelf, scale)), scale }] : [];
  });
  const widest = Math.max(...plans.map(({ scale }) => scale.pace));
  const best = plans.find(({ scale }) => scale.pace >= fair);
  return best ?? plans.find(({ scale }) => scale.pace === widest);
}

/** All ways to cut a list into `count` parts. */
function listCuts(times: readonly number[], count: number): (readonly number[])[][] {
  if (count === 1) return [[times]];
  return times
    .slice(1)
    .flatMap((_, i) =>
      listCuts(times.slice(i + 1), count - 1).map((rest) => [times.slice(0, i + 1), ...rest]),
    );
}

const countRows = (plans: readonly Plan[]): number =>
  plans.reduce((sum, { timeline }) => sum + listLanes(timeline).length, 0);

const slowest = (plans: readonly Plan[]): number =>
  Math.min(...plans.map(({ scale }) => scale.pace));

/** Finds the smallest number of systems into which the diagram fits, then those with the fewest rows. */
export function planSystems(timeline: Timeline, gutter: number): readonly Plan[] {
  const times = listTimes(timeline);
  const known = new Map<string, Plan | undefined>();
  const planPart = (part: readonly number[]): Plan | undefined => {
    const key = part.join();
    const [from = 0] = part;
    const to = times.find((time) => time > (part.at(-1) ?? 0)) ?? Infinity;
    if (!known.has(key)) known.set(key, planOne(slice(timeline, from, to), part, gutter));
    return known.get(key);
  };
  for (let count = 1; count <= MAX_SYSTEMS && times.length <= MAX_TIMES; count++) {
    const [best] = listCuts(times, count)
      .map((parts) => parts.flatMap((part) => planPart(part) ?? []))
      .filter((plans) => plans.length === count)
      .sort((a, b) => countRows(a) - countRows(b) || slowest(b) - slowest(a));
    if (best) return best;
  }
  throw new Error(`"${timeline.title}" does not fit into ${String(WIDTH)} px.`);
}
