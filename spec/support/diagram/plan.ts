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
const MAX_SYSTEMS = 4;

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
  const room = { left: MARGIN, start: MARGIN + gutter + RADIUS, right: WIDTH - MARGIN };
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

/** The widest label at a time says how much room the time needs. */
function weigh(timeline: Timeline, times: readonly number[]): number[] {
  const [, { width: labelWidth } = { width: 0 }] = SETTINGS;
  const blocks = listLanes(timeline).flatMap((lane) => toBlocks(lane, labelWidth));
  return times.map((time) =>
    Math.max(
      RADIUS,
      ...blocks.filter(({ at }) => at === time).map(({ label }) => label.left + label.right),
    ),
  );
}

/** Cuts times into parts that need about the same room. */
function cut(times: readonly number[], weights: readonly number[], count: number): number[][] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const parts: number[][] = Array.from({ length: count }, () => []);
  let sum = 0;
  times.forEach((time, i) => {
    const weight = weights[i] ?? 0;
    parts[Math.min(count - 1, Math.floor(((sum + weight / 2) / total) * count))]?.push(time);
    sum += weight;
  });
  return parts.filter((part) => part.length);
}

/** Finds the smallest number of systems into which the diagram fits. */
export function planSystems(timeline: Timeline, gutter: number): readonly Plan[] {
  const times = listTimes(timeline);
  const weights = weigh(timeline, times);
  for (let count = 1; count <= MAX_SYSTEMS; count++) {
    const parts = cut(times, weights, count);
    const plans = parts.flatMap((part, i) => {
      const [from = 0] = part;
      const [to = Infinity] = parts[i + 1] ?? [];
      return planOne(slice(timeline, from, to), part, gutter) ?? [];
    });
    if (plans.length === parts.length) return plans;
  }
  throw new Error(`"${timeline.title}" does not fit into ${String(WIDTH)} px.`);
}
