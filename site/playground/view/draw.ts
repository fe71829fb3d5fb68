// Draws what was played, with the shapes, the colors and the words of the diagrams in the documentation.
import { BESIDE, LINE_HEIGHT, RADIUS } from '../../../spec/support/diagram/blocks.js';
import { element, escapeText, path, text } from '../../../spec/support/diagram/elements.js';
import {
  drawBand,
  drawClock,
  drawClockEnd,
  drawDot,
  drawMarble,
} from '../../../spec/support/diagram/marks.js';
import { CALL_PARTS, measure, wrap } from '../../../spec/support/diagram/measure.js';
import type { Kind } from '../../../spec/support/diagram/values.js';
import { MAX_DRAWN } from '../report.js';
import { drawDensity } from './density.js';
import { MAX_STACK, levelTops, placeLabels, stackWidth, toColumns, type Column } from './labels.js';
import type { Model, ShownMark, StageTrack, Track } from './model.js';

/** What of the time is shown, and in which width. */
export interface View {
  readonly width: number;
  /** In ms. */
  readonly from: number;
  readonly to: number;
}

/** Where a marble is that can be moved. */
export interface Handle {
  readonly row: number;
  readonly n: number;
  readonly x: number;
  readonly y: number;
  /** In the time of its row. */
  readonly at: number;
  readonly words: string;
}

/** A picture, and what the page lays over it. */
export interface Drawing {
  readonly content: string;
  readonly height: number;
  readonly handles: readonly Handle[];
  /** Where the axis begins and ends, in px. */
  readonly left: number;
  readonly right: number;
  /** Where the rows begin and end, in px. */
  readonly top: number;
  readonly bottom: number;
}

const MARGIN = 14;
/** From a width on, the labels of rows stand beside them. */
const WIDE = 700;
const GUTTER = 116;
const BAR = 16;
const STACKED = 27;
const LANE = 15;
const CALL_LINE = 18;
const MAX_LANES = 3;

interface Frame extends View {
  readonly x: (at: number) => number;
  readonly left: number;
  readonly right: number;
  readonly isWide: boolean;
}

/** The room that labels beside the marbles need behind the last time. */
function findReserve({ inputs, stages }: Model, view: View): number {
  const late = view.to - (view.to - view.from) / 5;
  const widths = [...inputs, ...stages]
    .filter(({ marks }) => marks.length <= MAX_DRAWN)
    .flatMap(({ marks }) => toColumns(marks, (at) => at))
    .filter(({ at }) => at >= late && at <= view.to)
    .map(stackWidth);
  return Math.max(0, ...widths);
}

function toFrame(view: View, reserve: number): Frame {
  const isWide = view.width >= WIDE;
  const left = MARGIN + RADIUS + (isWide ? GUTTER : 4);
  const right = view.width - MARGIN - BESIDE - 8 - (isWide ? reserve : Math.min(reserve, 64));
  const x = (at: number): number =>
    left + ((at - view.from) / Math.max(1, view.to - view.from)) * (right - left);
  return { ...view, x, left, right, isWide };
}

const isIn = (at: number, { from, to }: View): boolean => at >= from && at <= to;

/** Marbles shrink where they are close. */
function findSize(columns: readonly Column[]): number {
  const gaps = columns
    .slice(1)
    .map(({ x }, i) => x - (columns[i]?.x ?? 0))
    .sort((a, b) => a - b);
  const gap = gaps[Math.floor(gaps.length / 8)] ?? Infinity;
  return Math.min(1, Math.max(0.42, gap / (2 * RADIUS + 1)));
}

function drawMark(
  { kind, letter, isGhost }: ShownMark,
  x: number,
  y: number,
  size: number,
): string {
  const mark =
    kind === 'error'
      ? drawDot({ kind, letter: '', lines: [] }, [0, 0])
      : drawMarble(kind as Kind, size > 0.7 ? letter : '', [0, 0]);
  const transform = `translate(${x.toFixed(1)} ${y.toFixed(1)})${size < 1 ? ` scale(${size.toFixed(2)})` : ''}`;
  return element('g', { transform, ...(isGhost && { class: 'never' }) }, mark);
}

const tip = (lines: readonly string[]): string =>
  element('title', {}, escapeText(lines.join(', ')));

/** As much of a line as fits. */
function fitLine(line: string, room: number): string {
  if (measure(line) <= room) return line;
  if (room < 34) return '';
  let length = 0;
  while (measure(`${line.slice(0, length + 1)}…`) <= room) length++;
  return `${line.slice(0, length)}…`;
}

/** Several values of one instant stand under one another. */
function drawStack({ marks, x, completes }: Column, y: number, size: number, room: number): string {
  const shown = marks.slice(0, marks.length > MAX_STACK ? MAX_STACK - 1 : MAX_STACK);
  const last = y + (shown.length - 1) * STACKED;
  const more = marks.length - shown.length;
  return [
    path('stem', x, y, x, last),
    ...shown.map((mark, i) => drawMark(mark, x, y + i * STACKED, size)),
    ...shown.map((mark, i) =>
      text(
        [x + (completes ? BESIDE + 8 : RADIUS + 6), y + i * STACKED + (i ? 4 : -6)],
        fitLine(mark.lines[0] ?? '', room - (completes ? BESIDE + 8 : RADIUS + 6)),
        'side',
      ),
    ),
    more > 0 ? text([x, last + RADIUS + 14], `and ${String(more)} more`, 'middle dim') : '',
  ].join('');
}

interface Placed {
  readonly content: string;
  readonly y: number;
  readonly bottom: number;
  readonly columns: readonly Column[];
}

function drawColumns(columns: readonly Column[], y: number, frame: Frame) {
  const size = findSize(columns);
  const labels = placeLabels(columns, [frame.isWide ? MARGIN + GUTTER / 2 : 4, frame.width - 4]);
  const tops = levelTops(labels, y + RADIUS + 6);
  let bottom = y + BAR;
  const content = columns.map((column, i) => {
    const { x, marks, completes, isGhost } = column;
    const [mark] = marks;
    const label = labels[i];
    const place = mark ? x + BESIDE * Math.max(size, 0.75) : x;
    const parts = completes
      ? [mark ? path('line', x, y, place, y) : '', path('end', place, y - BAR, place, y + BAR)]
      : [];
    if (marks.length > 1) {
      parts.push(
        drawStack(column, y, size, Math.min(150, (columns[i + 1]?.x ?? frame.width) - x - RADIUS)),
      );
      bottom = Math.max(bottom, y + Math.min(marks.length, MAX_STACK) * STACKED);
    } else if (mark) {
      if (label?.level) parts.push(path('leader', x, y + RADIUS, x, (tops[label.level] ?? 0) + 2));
      parts.push(drawMark(mark, x, y, size));
      const lines = label?.lines ?? [];
      const half = Math.max(0, ...lines.map((line) => measure(line))) / 2;
      const center = Math.min(Math.max(x, half + 4), frame.width - half - 4);
      lines.forEach((line, n) => {
        const baseline = (tops[label?.level ?? 0] ?? 0) + 11 + n * LINE_HEIGHT;
        parts.push(text([center, baseline], line, 'middle'));
        bottom = Math.max(bottom, baseline + 3);
      });
    }
    parts.push(tip(marks.map(({ lines }) => lines.join(' '))));
    return element('g', isGhost ? { class: 'never' } : {}, parts.join(''));
  });
  return { content: content.join(''), bottom };
}

function drawLives({ lives, marks }: Track, y: number, frame: Frame): string {
  const clamp = (at: number): number => Math.min(Math.max(at, frame.from), frame.to);
  const lines = lives
    .filter(({ from, to }) => from <= frame.to && to >= frame.from)
    .map(({ from, to }) => {
      const [x1, x2] = [frame.x(clamp(from)), to <= frame.to ? frame.x(to) : frame.right + BESIDE];
      const start = from >= frame.from ? path('line', x1, y - 4, x1, y + 4) : '';
      const arrow = to > frame.to ? path('line', x2 - 6, y - 4, x2, y, x2 - 6, y + 4) : '';
      return start + path('line', x1, y, x2, y) + arrow;
    });
  const last = marks.at(-1);
  const reached = Math.max(0, ...lives.map(({ to }) => (to === Infinity ? 0 : to)));
  const ghost =
    last?.isGhost && last.at > frame.from
      ? path('ghost', frame.x(clamp(Math.max(0, reached))), y, frame.x(clamp(last.at)), y)
      : '';
  return ghost + lines.join('');
}

function drawTrack(track: Track, top: number, frame: Frame): Placed {
  const { label, isWide } = { ...track, ...frame };
  const hasRoomAbove = !isWide && label;
  const visible = track.marks.filter(({ at }) => isIn(at, frame));
  const values = visible.filter(({ kind }) => kind !== 'complete');
  const isDense = values.length > MAX_DRAWN;
  const y = top + (isDense ? BAR + 20 : BAR) + (hasRoomAbove ? 18 : 0);
  const names = isWide ? wrap(label, GUTTER - 8) : [label];
  const name = names.map((line, i) =>
    isWide
      ? text([MARGIN, y + 4 + (i - (names.length - 1) / 2) * LINE_HEIGHT], line, 'label')
      : text([MARGIN, top + 11], line, 'label'),
  );
  const lives = drawLives(track, y, frame);
  if (isDense) {
    const end = visible.find(({ kind }) => kind === 'complete');
    const place = end ? frame.x(end.at) + 4 : 0;
    const count = text([frame.left, y + 17], `${String(values.length)} values`, 'dim');
    const content = [
      ...name,
      drawDensity(values, frame.x, [frame.left, frame.right], y - 1),
      lives,
      end ? path('end', place, y - BAR, place, y + BAR) : '',
      count,
    ].join('');
    return { content, y, bottom: y + 20, columns: [] };
  }
  const columns = toColumns(visible, frame.x);
  const drawn = drawColumns(columns, y, frame);
  return { content: [...name, lives, drawn.content].join(''), y, bottom: drawn.bottom, columns };
}

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

function drawClocks({ clocks }: StageTrack, top: number, frame: Frame) {
  const shown = clocks.filter(({ from, to }) => from <= frame.to && to >= frame.from);
  const lanes = toLanes(
    [...shown].sort((a, b) => a.from - b.from),
    ({ from, to }) => [from, to],
  );
  const count = Math.max(0, ...lanes.map(({ lane }) => lane + 1));
  // More clocks at a time can't be told apart.
  if (count > MAX_LANES) return { content: '', height: 0 };
  const drawn = lanes.map(({ one: { from, to, ms, fired }, lane }) => {
    const y = top + (lane + 0.5) * LANE;
    const x1 = frame.x(Math.max(from, frame.from));
    const x2 = Math.min(frame.x(to), frame.right + BESIDE);
    const words = `${String(Math.round(ms))} ms`;
    const fits = x2 - x1 >= measure(words) + 2 * RADIUS;
    const end = to <= frame.to ? drawClockEnd(x2, y, fired ? 'fires' : 'is cancelled') : '';
    return (
      drawClock(x1, x2, y, from < frame.from) +
      end +
      (fits ? text([(x1 + x2) / 2, y + 4], words, 'inside') : '')
    );
  });
  return { content: drawn.join(''), height: count * LANE };
}

function drawBox(stage: StageTrack, above: Placed | undefined, top: number, frame: Frame) {
  const lines = wrap(stage.call ?? '', frame.width - 2 * MARGIN - 28, 14, CALL_PARTS);
  const words = lines.map((line, i) =>
    text([frame.width / 2, top + 21 + i * CALL_LINE], line, 'name'),
  );
  let y = top + lines.length * CALL_LINE + 10;
  const shown = stage.holds.filter(
    ({ from, to }) => (from[0] ?? 0) >= frame.from && to <= frame.to,
  );
  const lanes = toLanes(shown, ({ from, to }) => [from[0] ?? 0, to]);
  const count = Math.max(0, ...lanes.map(({ lane }) => lane + 1));
  const bands = count <= MAX_LANES && above?.columns.length ? lanes : [];
  const held = bands.map(({ one: { kind, from, to }, lane }) => {
    const place = y + (lane + 0.5) * LANE;
    const dots = from.map((at) =>
      element('circle', { cx: frame.x(at), cy: place, r: 2, class: 'in' }),
    );
    return {
      wires: from.map((at) => ({ x: frame.x(at), y: place })),
      arrow: { x: frame.x(to), y: place },
      content: drawBand(kind, frame.x(from[0] ?? 0), frame.x(to), place) + dots.join(''),
    };
  });
  if (bands.length) y += count * LANE;
  const clocks = drawClocks(stage, y, frame);
  y += clocks.height + (bands.length || clocks.height ? 6 : 2);
  const box = {
    ...{
      x: MARGIN / 2,
      y: top,
      width: frame.width - MARGIN,
      height: y - top,
      rx: 6,
      class: 'call',
    },
  };
  const half = Math.max(...lines.map((line) => measure(line, 14))) / 2;
  const wordsEnd = top + lines.length * CALL_LINE + 8;
  const wires = held.flatMap(({ wires: all }) =>
    all.map(({ x, y: to }) => {
      const column = above?.columns.find((each) => Math.abs(each.x - x) < 0.1);
      const from = column ? (above?.bottom ?? top) : top;
      const isBehind = Math.abs(x - frame.width / 2) < half;
      return (
        path('link', x, from, x, isBehind ? top : to) +
        (isBehind ? path('link', x, wordsEnd, x, to) : '')
      );
    }),
  );
  return {
    height: y - top,
    content: [
      element('rect', box),
      ...wires,
      ...held.map(({ content }) => content),
      clocks.content,
      ...words,
    ].join(''),
    arrows: held.map(({ arrow }) => arrow),
  };
}

const drawArrow = (x: number, from: number, to: number): string =>
  path('link', x, from, x, to) + path('link', x - 3, to - 4, x, to, x + 3, to - 4);

/** A step of the axis that people like. */
function findStep(length: number, room: number): number {
  const least = (length * 52) / Math.max(1, room);
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}

function drawAxis(top: number, y: number, frame: Frame) {
  const step = findStep(frame.to - frame.from, frame.right - frame.left);
  const ticks: number[] = [];
  for (let at = Math.ceil(frame.from / step) * step; at <= frame.to; at += step) ticks.push(at);
  const grid = ticks.map((at) => path('grid', frame.x(at), top, frame.x(at), y));
  const axis = [
    path('line', frame.left, y, frame.right + BESIDE, y),
    ...ticks.flatMap((at) => [
      path('tick', frame.x(at), y, frame.x(at), y + 4),
      text([frame.x(at), y + 18], String(at), 'middle dim'),
    ]),
    frame.isWide
      ? text([MARGIN, y + 18], 'ms', 'dim')
      : text([frame.width - 26, y - 6], 'ms', 'dim'),
  ];
  return { grid: grid.join(''), axis: axis.join('') };
}

const SIGNS: readonly (readonly [what: string, name: string])[] = [
  ['thinking', 'thinking'],
  ['answer', 'answer'],
  ['tools', 'tool calls'],
  ['done', 'final chunk'],
  ['value', 'value'],
  ['held', 'held until emitted'],
  ['timer', 'timer'],
];

function drawLegend({ inputs, stages }: Model, top: number, frame: Frame) {
  const shown = new Set<string>(
    [...inputs, ...stages].flatMap(({ marks }) => marks.map(({ kind }) => kind)),
  );
  if (stages.some(({ holds }) => holds.length)) shown.add('held');
  if (stages.some(({ clocks }) => clocks.length)) shown.add('timer');
  let x = MARGIN + RADIUS;
  let y = top + BAR;
  const drawn = SIGNS.filter(([what]) => shown.has(what)).map(([what, name]) => {
    const room = 34 + measure(name);
    if (x + room > frame.width - MARGIN) {
      x = MARGIN + RADIUS;
      y += 28;
    }
    const sign =
      what === 'held'
        ? drawBand('value', x - 7, x + 7, y)
        : what === 'timer'
          ? drawClock(x - 6, x + 8, y, false) + drawClockEnd(x + 8, y, 'fires')
          : element(
              'g',
              { transform: `translate(${String(x)} ${String(y)}) scale(.8)` },
              drawMarble(what as Kind, '', [0, 0]),
            );
    const words = text([x + 16, y + 4], name, 'dim');
    x += room;
    return sign + words;
  });
  return { content: drawn.join(''), bottom: y + BAR };
}

/** Draws a model. */
export function draw(model: Model, view: View): Drawing {
  const frame = toFrame(view, findReserve(model, view));
  const parts: string[] = [];
  const handles: Handle[] = [];
  const top = model.stopAt === undefined ? 10 : 24;
  let y = top;
  let above: Placed | undefined;

  for (const input of model.inputs) {
    const placed = drawTrack(input, y, frame);
    parts.push(placed.content);
    above = placed;
    y = placed.bottom + 16;
    const stacked = new Map<number, number>();
    for (const { n, at, lines, kind, letter } of input.marks) {
      const depth = stacked.get(at) ?? 0;
      const ends = kind === 'complete';
      if (!ends) stacked.set(at, depth + 1);
      if (n === undefined || !isIn(at, frame) || !placed.columns.length || depth >= MAX_STACK)
        continue;
      const words = ends
        ? 'completion'
        : kind === 'error'
          ? 'error'
          : `chunk ${letter}, ${lines.join(' ')}`;
      const x = frame.x(at) + (ends && depth ? BESIDE : 0);
      handles.push({
        ...{ row: input.row, n, words, x },
        y: placed.y + (ends ? 0 : depth * STACKED),
        at: at - input.from,
      });
    }
  }
  for (const stage of model.stages) {
    let arrows: readonly { readonly x: number; readonly y: number }[] = [];
    if (stage.call !== undefined) {
      const box = drawBox(stage, above, y, frame);
      parts.push(box.content);
      arrows = box.arrows;
      y += box.height + 14;
    }
    if (stage.isShared) {
      above = undefined;
      continue;
    }
    const placed = drawTrack(stage, y, frame);
    parts.push(...arrows.map((arrow) => drawArrow(arrow.x, arrow.y, placed.y - RADIUS - 5)));
    parts.push(placed.content);
    above = placed;
    y = placed.bottom + 16;
  }
  const bottom = y;
  const { grid, axis } = drawAxis(top - 4, bottom, frame);
  const legend = drawLegend(model, bottom + 26, frame);
  return {
    content: [grid, axis, ...parts, legend.content].join('\n'),
    height: legend.bottom + 8,
    ...{ handles, bottom, top, left: frame.left, right: frame.right },
  };
}
