import { LINE_HEIGHT, RADIUS, labelBeside, type Block, type Dot } from './blocks.js';
import { layOutBox, type Box } from './box.js';
import { measure, wrap } from './measure.js';
import { planSystems, type Plan } from './plan.js';
import type { Scale, Shelf } from './scale.js';
import { MARGIN, WIDTH } from './size.js';
import { toDescription } from './text.js';
import { isCut, listLanes, type Lane, type Stage, type Timeline } from './timeline.js';
import type { Kind } from './values.js';

export interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** A dot with its label, which is connected to it if it stands lower than others. */
export interface Placed extends Dot {
  readonly y: number;
  readonly labels: readonly Text[];
  readonly beside: boolean;
  readonly leader: boolean;
}

/** All that stands at one time in one row. */
export interface Column {
  readonly x: number;
  readonly dots: readonly Placed[];
  readonly completes: boolean;
  readonly ghost: boolean;
  readonly bottom: number;
}

/** A piece of a line. */
export interface Stretch {
  readonly x1: number;
  readonly x2: number;
  /** It begins before the picture, or before this part of it. */
  readonly begun: boolean;
  /** It continues. */
  readonly open: boolean;
}

export interface Row {
  readonly labels: readonly Text[];
  readonly y: number;
  /** While it is subscribed to and has not ended. */
  readonly lives: readonly Stretch[];
  /** What an unsubscribe cut off. */
  readonly ghosts: readonly Stretch[];
  /** The asserted subscriptions, drawn above. */
  readonly spans: readonly Stretch[];
  readonly columns: readonly Column[];
}

/** What one of the shapes means. */
export interface Sign {
  readonly x: number;
  readonly y: number;
  readonly what: Kind | 'span' | 'held' | 'timer' | 'cancelled';
  readonly name: string;
}

/** The rows from one time to another. A long time is wrapped into several systems, like music. */
export interface System {
  readonly top: number;
  readonly rows: readonly Row[];
  readonly boxes: readonly Box[];
  readonly axis: { readonly x1: number; readonly x2: number; readonly y: number };
  /** Every time at which something happens, and its number where there is room. */
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  /** The middles of the stretches in which time is compressed. */
  readonly breaks: readonly number[];
}

/** Where everything is. */
export interface Layout {
  readonly title: string;
  readonly description: string;
  readonly caption: readonly Text[];
  readonly width: number;
  readonly height: number;
  readonly systems: readonly System[];
  readonly legend: readonly Sign[];
}

/** Above and below the line of a row: half of a completion's bar. */
export const BAR = 16;
/** From the line of a row up to its subscriptions. */
export const SPAN = 26;
/** From a marble to its label. */
const BELOW = RADIUS + 6;
/** Of the text above its baseline. */
const ASCENT = 11;
/** Between the marbles of a stack. */
const STACKED = 28;
const MAX_GUTTER = 78;
/** From an axis to what stands below. */
const AXIS = 44;

const SIGNS = [
  'thinking',
  'answer',
  'tools',
  'done',
  'value',
  'span',
  'held',
  'timer',
  'cancelled',
] as const;

const NAMES: Readonly<Record<Sign['what'], string>> = {
  thinking: 'thinking',
  answer: 'answer',
  tools: 'tool calls',
  done: 'final chunk',
  value: 'value',
  span: 'subscribed',
  held: 'held until emitted',
  timer: 'timer that fires',
  cancelled: 'timer that is cancelled',
};

function toLines(lines: readonly string[], x: number, top: number): Text[] {
  return lines.map((text, i) => ({ x, y: top + ASCENT + i * LINE_HEIGHT, text }));
}

function stack({ dots, completes, continues }: Block, x: number, top: number): Placed[] {
  let y = top - STACKED;
  let half = STACKED / 2;
  return dots.map((dot) => {
    const room = Math.max(STACKED, dot.lines.length * LINE_HEIGHT + 8);
    y += half + room / 2;
    half = room / 2;
    const height = dot.lines.length * LINE_HEIGHT;
    // The labels stand below the line if it continues.
    const from = continues ? y + 3 : y - height / 2;
    const labels = toLines(dot.lines, x + labelBeside(completes), from);
    return { ...dot, y, labels, beside: true, leader: false };
  });
}

/** The tops of the lines of labels, and the bottom of the last. */
function findTops({ blocks, levels }: Shelf, y: number): number[] {
  const tops = [y + BELOW];
  const last = Math.max(0, ...levels.map((level) => (level === 'all' ? 0 : level)));
  for (let level = 0; level <= last; level++) {
    const heights = blocks
      .filter((_, i) => levels[i] === level)
      .map(({ dots }) => (dots[0]?.lines.length ?? 0) * LINE_HEIGHT);
    tops.push((tops[level] ?? 0) + Math.max(0, ...heights) + 4);
  }
  return tops;
}

function placeColumns(shelf: Shelf, y: number, { places }: Scale): Column[] {
  const tops = findTops(shelf, y);
  return shelf.blocks.map((block, i) => {
    const { at, dots, completes, ghost } = block;
    const x = places.get(at) ?? 0;
    const level = shelf.levels[i] ?? 0;
    const top = level === 'all' ? 0 : (tops[level] ?? 0);
    const placed =
      level === 'all'
        ? stack(block, x, y)
        : dots.map((dot) => ({
            ...dot,
            ...{ y, beside: false, leader: level > 0 },
            labels: toLines(dot.lines, x, top),
          }));
    const bottoms = placed.flatMap((dot) => [dot.y + RADIUS, (dot.labels.at(-1)?.y ?? 0) + 3]);
    return { x, dots: placed, completes, ghost, bottom: Math.max(y + BAR, ...bottoms) };
  });
}

function placeRow(lane: Lane, shelf: Shelf, top: number, scale: Scale): Row {
  const times = [...scale.places.keys()];
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const left = (scale.places.get(first) ?? 0) - RADIUS;
  const x = (at: number) => scale.places.get(at) ?? (at < first ? left : WIDTH - MARGIN);
  const toStretch = (from: number, to: number): Stretch => ({
    ...{ x1: x(from), x2: x(to) },
    ...{ begun: from < first, open: to > last },
  });
  const y = top + (lane.spans.length ? SPAN + 5 : BAR);
  const names = wrap(lane.label, MAX_GUTTER);
  return {
    labels: toLines(names, MARGIN, y - (names.length * LINE_HEIGHT) / 2),
    y,
    lives: lane.runs
      .filter(({ to }) => to >= first)
      .map((run) => toStretch(run.from, Math.min(run.to, run.end))),
    ghosts: lane.runs.filter(isCut).map((run) => toStretch(Math.max(run.from, run.to), run.end)),
    spans: lane.spans.map(({ from, to }) => toStretch(from, to)),
    columns: placeColumns(shelf, y, scale),
  };
}

const bottomOf = ({ y, columns }: Row): number =>
  Math.max(y + BAR, ...columns.map(({ bottom }) => bottom));

/** The numbers that fit under the axis. */
function listTicks({ places }: Scale): System['ticks'] {
  let free = 0;
  return Array.from(places, ([at, x]) => {
    const text = String(at);
    const half = measure(text) / 2 + 2;
    const fits = x - half >= free;
    if (fits) free = x + half;
    return { x, text: fits ? text : '' };
  });
}

/** A stretch counts as compressed if a ms takes less than half of what it takes elsewhere. */
function listBreaks({ places }: Scale): number[] {
  const stops = [...places];
  const paces = stops.slice(1).map(([at, x], i) => {
    const [before = 0, left = 0] = stops[i] ?? [];
    return { middle: (x + left) / 2, pace: (x - left) / (at - before), room: x - left };
  });
  const sorted = paces.map(({ pace }) => pace).sort((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return paces
    .filter(({ pace, room }) => pace < usual / 2 && room > 14)
    .map(({ middle }) => middle);
}

/** What has to be explained, as many signs on a line as fit. */
function listSigns(systems: readonly System[], top: number): Sign[] {
  const rows = systems.flatMap((system) => system.rows);
  const boxes = systems.flatMap((system) => system.boxes);
  const shown = new Set<string>(
    rows.flatMap(({ columns }) => columns.flatMap(({ dots }) => dots.map(({ kind }) => kind))),
  );
  if (rows.some(({ spans }) => spans.length)) shown.add('span');
  if (boxes.some(({ holds }) => holds.length)) shown.add('held');
  const clocks = boxes.flatMap((box) => box.clocks);
  if (clocks.some(({ end }) => end === 'fires')) shown.add('timer');
  if (clocks.some(({ end }) => end === 'is cancelled')) shown.add('cancelled');
  const signs: Sign[] = [];
  let x = MARGIN;
  let y = top;
  for (const what of SIGNS.filter((each) => shown.has(each))) {
    const name = NAMES[what];
    const room = 30 + measure(name);
    if (x + room > WIDTH - MARGIN) {
      x = MARGIN;
      y += 28;
    }
    signs.push({ x: x + 11, y, what, name });
    x += room + 4;
  }
  return signs;
}

function layOutSystem({ timeline, shelves, scale }: Plan, top: number): System {
  const { inputs, stages } = timeline;
  const rows: Row[] = [];
  const boxes: Box[] = [];
  let y = top;
  const place = (lane: Lane): void => {
    const row = placeRow(lane, shelves[rows.length] ?? { blocks: [], levels: [] }, y, scale);
    rows.push(row);
    y = bottomOf(row) + 14;
  };
  const placeStage = (stage: Stage, i: number): void => {
    const above = i ? (stages[i - 1]?.results ?? []) : inputs;
    const box = layOutBox(timeline, { stage, above, rows, top: y }, scale);
    boxes.push(box);
    y = box.y + box.height + 14;
    stage.results.forEach(place);
  };
  inputs.forEach(place);
  stages.forEach(placeStage);
  const [start = 0] = scale.places.values();
  return {
    ...{ top, rows, boxes },
    axis: { x1: start, x2: WIDTH - MARGIN, y: y + 2 },
    ticks: listTicks(scale),
    breaks: listBreaks(scale),
  };
}

/** Says where everything of a diagram is. */
export function layOut(timeline: Timeline): Layout {
  const { title } = timeline;
  const names = listLanes(timeline).flatMap(({ label }) => wrap(label, MAX_GUTTER));
  // Its font is bold.
  const gutter = 1.1 * Math.max(...names.map((name) => measure(name))) + MARGIN / 2;
  const caption = toLines(wrap(title, WIDTH - 2 * MARGIN, 13), MARGIN, MARGIN);
  let y = MARGIN + caption.length * LINE_HEIGHT + 12;
  const systems = planSystems(timeline, gutter).map((plan) => {
    const system = layOutSystem(plan, y);
    y = system.axis.y + AXIS;
    return system;
  });
  const legend = listSigns(systems, y);
  return {
    ...{ title, description: toDescription(timeline), caption, systems, legend },
    width: WIDTH,
    height: Math.max(y, ...legend.map((sign) => sign.y)) + 24,
  };
}
