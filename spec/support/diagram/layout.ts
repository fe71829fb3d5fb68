import { RADIUS, toBlocks, type Block, type Dot } from './blocks.js';
import { measure, wrap } from './measure.js';
import { toDescription } from './text.js';
import { endOf, isCut, type Lane, type Timeline } from './timeline.js';
import type { Kind } from './values.js';

/** What stands at one time in one row. */
export interface Column {
  readonly x: number;
  readonly dots: readonly (Dot & { readonly y: number })[];
  readonly completes: boolean;
  readonly ghost: boolean;
}

/** A piece of a line; an open one goes on beyond the picture. */
export interface Stretch {
  readonly x1: number;
  readonly x2: number;
  readonly open: boolean;
}

export interface Row {
  readonly label: string;
  readonly y: number;
  /** While it is subscribed to and has not ended. */
  readonly lives: readonly Stretch[];
  /** What would have come. */
  readonly ghosts: readonly Stretch[];
  /** The asserted subscriptions, drawn above. */
  readonly spans: readonly Stretch[];
  readonly columns: readonly Column[];
}

/** What one of the shapes means. */
export interface Sign {
  readonly x: number;
  readonly y: number;
  readonly what: Kind | 'span';
  readonly name: string;
}

/** Where everything is. */
export interface Layout {
  readonly title: string;
  readonly description: string;
  readonly caption: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly rows: readonly Row[];
  readonly call: { readonly y: number; readonly text: string };
  readonly axis: { readonly x1: number; readonly x2: number; readonly y: number };
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  readonly legend: readonly Sign[];
}

export const MARGIN = 16;
export const LINE_HEIGHT = 15;
export const CALL_HEIGHT = 34;
/** Above the line of a row: half of a completion's bar. */
export const BAR = 19;
/** From a marble's center to its label's first baseline. */
export const BELOW = 32;
/** From the line of a row up to its subscriptions. */
export const SPAN = 28;
/** Between two labels, and between two marbles. */
const GAPS = [10, 8] as const;
const MIN_WIDTH = 460;
const MAX_WIDTH = 860;
/** How wide labels may be: the first width with which a picture is not too wide. */
const LABEL_WIDTHS = [180, 140, 110, 80];

const SIGNS = ['thinking', 'answer', 'tools', 'done', 'other', 'span'] as const;

const NAMES: Readonly<Record<Sign['what'], string>> = {
  thinking: 'thinking',
  answer: 'answer',
  tools: 'tool calls',
  done: 'final chunk',
  other: 'other',
  span: 'subscribed',
};

/** How many pixels a millisecond needs, so that neighbors in a row don't touch. */
function findScale(blocks: readonly Block[]): number {
  const needs = blocks.slice(1).map((block, i) => {
    const before = blocks[i] ?? block;
    if (block.at <= before.at) {
      throw new Error('What is subscribed to twice at a time needs a row for each subscription.');
    }
    const [wide, narrow] = GAPS;
    const room = Math.max((before.width + block.width) / 2 + wide, 2 * RADIUS + narrow);
    return room / (block.at - before.at);
  });
  return Math.max(0, ...needs);
}

/** The smallest round number of milliseconds that leaves room for numbers. */
function findStep(scale: number): number {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  return steps.find((step) => step * scale >= 44) ?? 2000;
}

/** The time axis: how wide it is, and where on it a millisecond is. */
function measureTime(lanes: readonly Lane[], gutter: number, labelWidth: number, minWidth: number) {
  const rows = lanes.map((lane) => toBlocks(lane, labelWidth));
  const ends = lanes.flatMap(({ runs }) => runs.flatMap((run) => [run.to, endOf(run)]));
  const times = [...ends.filter(Number.isFinite), ...rows.flat().map(({ at }) => at)];
  const last = Math.max(...times) + 1;
  const scale = Math.max(...rows.map(findScale), (minWidth - gutter - 2 * MARGIN) / last);
  const overhang = (distance: (at: number) => number) =>
    Math.max(0, ...rows.flat().map(({ at, width }) => width / 2 - distance(at) * scale));
  const start = gutter + MARGIN + overhang((at) => at);
  const end = start + last * scale;
  const width = end + MARGIN + overhang((at) => last - at);
  return { rows, last, scale, start, end, width };
}

type Time = ReturnType<typeof measureTime>;

function stack(dots: readonly Dot[], top: number): (Dot & { y: number })[] {
  let y = top;
  return dots.map((dot) => {
    const placed = { ...dot, y };
    y += BELOW + dot.lines.length * LINE_HEIGHT + RADIUS;
    return placed;
  });
}

function placeRow(lane: Lane, blocks: readonly Block[], top: number, time: Time) {
  const x = (at: number) => time.start + at * time.scale;
  const toStretch = (from: number, to: number): Stretch => ({
    x1: x(from),
    x2: x(Math.min(to, time.last)),
    open: to === Infinity,
  });
  const y = top + (lane.spans.length ? SPAN + 6 : BAR);
  const columns = blocks.map(({ at, dots, ...rest }) => ({
    ...rest,
    x: x(at),
    dots: stack(dots, y),
  }));
  const bottoms = columns.flatMap(({ dots }) =>
    dots.map((dot) => dot.y + BELOW + (dot.lines.length - 1) * LINE_HEIGHT),
  );
  return {
    row: {
      label: lane.label,
      y,
      lives: lane.runs
        .filter(({ to }) => to >= 0)
        .map((run) => toStretch(run.from, Math.min(run.to, endOf(run)))),
      ghosts: lane.runs
        .filter(isCut)
        .map((run) => toStretch(Math.max(run.from, run.to), endOf(run))),
      spans: lane.spans.map(({ from, to }) => toStretch(from, to)),
      columns,
    },
    bottom: Math.max(y + BAR, ...bottoms) + 14,
  };
}

/** What has to be explained, as many signs on a line as fit. */
function listSigns({ inputs }: Timeline, { rows, width }: Time, top: number): Sign[] {
  const shown = new Set<string>(rows.flat().flatMap(({ dots }) => dots.map(({ kind }) => kind)));
  if (inputs.some(({ spans }) => spans.length)) shown.add('span');
  const signs: Sign[] = [];
  let x = MARGIN;
  let y = top;
  for (const what of SIGNS.filter((each) => shown.has(each))) {
    const name = NAMES[what];
    const room = 32 + measure(name);
    if (x + room > width - MARGIN) {
      x = MARGIN;
      y += 30;
    }
    signs.push({ x: x + 12, y, what, name });
    x += room + MARGIN;
  }
  return signs;
}

/** Says where everything of a diagram goes. */
export function layOut(timeline: Timeline): Layout {
  const { title, inputs, call, results } = timeline;
  const lanes = [...inputs, ...results];
  const gutter = Math.max(...lanes.map(({ label }) => measure(label))) + MARGIN;
  const minWidth = Math.max(MIN_WIDTH, measure(call, 15) + 4 * MARGIN);
  const tries = LABEL_WIDTHS.map((width) => measureTime(lanes, gutter, width, minWidth));
  const time = tries.find(({ width }) => width <= MAX_WIDTH) ?? tries.at(-1);
  if (!time) throw new Error('There is no width for labels.');

  const caption = wrap(title, time.width - 2 * MARGIN, 13);
  let y = MARGIN + caption.length * 18 + 8;
  const place = (lane: Lane, i: number): Row => {
    const { row, bottom } = placeRow(lane, time.rows[i] ?? [], y, time);
    y = bottom;
    return row;
  };
  const above = inputs.map(place);
  const callY = y;
  y += CALL_HEIGHT + 14;
  const below = results.map((lane, i) => place(lane, inputs.length + i));
  const axisY = y + 4;
  const step = findStep(time.scale);
  const ticks = Array.from({ length: Math.floor(time.last / step) + 1 }, (_, i) => ({
    x: time.start + i * step * time.scale,
    text: String(i * step),
  }));
  const legend = listSigns(timeline, time, axisY + 46);
  return {
    title,
    description: toDescription(timeline),
    caption,
    width: time.width,
    height: Math.max(...legend.map((sign) => sign.y)) + 26,
    rows: [...above, ...below],
    call: { y: callY, text: call },
    axis: { x1: time.start, x2: time.end, y: axisY },
    ticks,
    legend,
  };
}
