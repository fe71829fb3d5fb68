import { RADIUS } from './blocks.js';
import type { Clock } from './clocks.js';
import { findLinks, findPasses } from './links.js';
import { CALL_PARTS, measure, wrap } from './measure.js';
import type { Row, Text } from './picture.js';
import type { Scale } from './scale.js';
import { WIDTH } from './size.js';
import type { Lane, Stage, Timeline } from './timeline.js';
import type { Kind } from './values.js';

/** An output while it is held back. */
interface Hold {
  readonly kind: Kind;
  readonly y: number;
  readonly from: readonly number[];
  readonly to: number;
  /** Which of the results it is in. */
  readonly result: number;
}

/** A vertical line. */
interface Wire {
  readonly x: number;
  readonly y1: number;
  readonly y2: number;
}

/** From the call down to one of its results. */
interface Arrow {
  readonly x: number;
  readonly y: number;
  readonly result: number;
}

/** A running clock. */
interface Hand {
  readonly y: number;
  readonly x1: number;
  readonly x2: number;
  /** It began before this part of the picture. */
  readonly begun: boolean;
  /** Nothing if that is not in this part of the picture. */
  readonly end: 'fires' | 'is cancelled' | undefined;
  readonly label: Text | undefined;
}

/** A call, with what it holds back and the clocks that it waits for, drawn on the axis of time. */
export interface Box {
  readonly y: number;
  readonly height: number;
  readonly lines: readonly Text[];
  readonly holds: readonly Hold[];
  /** From the inputs to what is held, or to what passes. */
  readonly wires: readonly Wire[];
  readonly arrows: readonly Arrow[];
  readonly clocks: readonly Hand[];
}

const CALL_SIZE = 14;
const LINE = 18;
const LANE = 15;
/** More clocks at a time than that cannot be told apart. */
const MAX_CLOCKS = 2;
const PADDING = 28;

const splitCall = (call: string): string[] =>
  wrap(call, WIDTH - 2 * PADDING, CALL_SIZE, CALL_PARTS);

/** Gives each stretch of time the first lane that is free. */
function toLanes<T>(all: readonly T[], getTimes: (one: T) => readonly [number, number]) {
  const ends: number[] = [];
  return all.map((one) => {
    const [from, to] = getTimes(one);
    const free = ends.findIndex((end) => end <= from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = to;
    return { one, lane };
  });
}

const emitsAt = (lanes: readonly Lane[], time: number): boolean =>
  lanes.some(({ runs }) => runs.some(({ moments }) => moments.some(({ at }) => at === time)));

/** A clock belongs to the call that emits when it fires, though nothing comes in. */
function belongsTo(clock: Clock, { stages, inputs, clocks }: Timeline, stage: Stage): boolean {
  const fired = clocks.filter((each) => each.fired && each.ms === clock.ms);
  const owner = stages.find(({ results }, i) =>
    fired.some(
      ({ to }) => emitsAt(results, to) && !emitsAt(i ? (stages[i - 1]?.results ?? []) : inputs, to),
    ),
  );
  return stage === (owner ?? stages[0]);
}

/** Where a call is, and what stands above. */
interface Place {
  readonly stage: Stage;
  readonly above: readonly Lane[];
  readonly rows: readonly Row[];
  readonly top: number;
}

function layOutHolds({ stage, above }: Place, top: number, { places }: Scale): Hold[] {
  const [input, ...others] = above;
  if (!input || others.length) return [];
  const x = (at: number) => places.get(at) ?? 0;
  const links = stage.results.flatMap((lane, result) =>
    findLinks(input, lane).map((link) => ({ ...link, result })),
  );
  return toLanes(links, ({ from: [first = 0], to }) => [first, to]).map(({ one, lane }) => ({
    kind: one.kind,
    y: top + (lane + 0.5) * LANE,
    from: one.from.map(x),
    to: x(one.to),
    result: one.result,
  }));
}

/** A line from under the labels of an input, past the words of the call. */
function layOutWire(x: number, y2: number, row: Row | undefined, place: Place): Wire[] {
  const { stage, top } = place;
  const lines = splitCall(stage.call);
  const y1 = row?.columns.find((column) => column.x === x)?.bottom ?? top;
  const half = Math.max(...lines.map((line) => measure(line, CALL_SIZE))) / 2;
  if (Math.abs(x - WIDTH / 2) >= half) return [{ x, y1, y2 }];
  const below = { x, y1: belowWords(lines, top), y2 };
  return [{ x, y1, y2: top }, ...(below.y1 < y2 ? [below] : [])];
}

const belowWords = (lines: readonly string[], top: number): number =>
  top + lines.length * LINE + 10;

/** From the inputs down to what is held. */
function layOutWires(holds: readonly Hold[], place: Place): Wire[] {
  const lowest = new Map<number, number>();
  for (const { from, y } of holds) {
    for (const x of from) lowest.set(x, Math.max(y, lowest.get(x) ?? 0));
  }
  return Array.from(lowest, ([x, y]) => layOutWire(x, y, place.rows.at(-1), place)).flat();
}

/** Where a call has several inputs: from the one that an output is from, through the call. */
function layOutPasses(place: Place, end: number, { places }: Scale) {
  const { stage, above, rows } = place;
  if (above.length < 2) return { wires: [], arrows: [] };
  const passes = stage.results.flatMap((lane, result) =>
    findPasses(above, lane).map(({ at, input }) => ({
      x: places.get(at) ?? 0,
      row: rows.at(input - above.length),
      result,
    })),
  );
  return {
    wires: passes.flatMap(({ x, row }) => layOutWire(x, end, row, place)),
    arrows: passes.map(({ x, result }) => ({ x, y: end, result })),
  };
}

function layOutClocks(clocks: readonly Clock[], top: number, { places }: Scale): Hand[] {
  const sorted = [...clocks].sort((a, b) => a.from - b.from || a.to - b.to);
  const set = toLanes(sorted, ({ from, to }) => [from, to]);
  if (set.some(({ lane }) => lane >= MAX_CLOCKS)) return [];
  const [start = 0] = places.values();
  return set.map(({ one: { from, to, ms, fired }, lane }) => {
    const x1 = places.get(from) ?? start;
    const x2 = places.get(to) ?? WIDTH - PADDING;
    const y = top + (lane + 0.5) * LANE;
    const text = `${String(ms)} ms`;
    const fits = x2 - x1 >= measure(text) + 2 * RADIUS;
    const end = fired ? 'fires' : 'is cancelled';
    return {
      ...{ y, x1, x2 },
      begun: !places.has(from),
      end: places.has(to) ? end : undefined,
      label: fits ? { x: (x1 + x2) / 2, y: y + 4, text } : undefined,
    };
  });
}

const countLanes = (all: readonly { readonly y: number }[]): number =>
  new Set(all.map(({ y }) => y)).size;

export function layOutBox(timeline: Timeline, place: Place, scale: Scale): Box {
  const { stage, top } = place;
  const lines = splitCall(stage.call).map((text, i) => ({
    x: WIDTH / 2,
    y: top + 21 + i * LINE,
    text,
  }));
  let y = top + lines.length * LINE + 10;
  const holds = layOutHolds(place, y, scale);
  y += countLanes(holds) * LANE;
  const own = timeline.clocks.filter((clock) => belongsTo(clock, timeline, stage));
  const clocks = layOutClocks(own, y, scale);
  y += countLanes(clocks) * LANE + (holds.length + clocks.length ? 6 : 2);
  const passes = layOutPasses(place, y, scale);
  return {
    ...{ y: top, height: y - top, lines, holds, clocks },
    wires: [...layOutWires(holds, place), ...passes.wires],
    arrows: passes.arrows,
  };
}
