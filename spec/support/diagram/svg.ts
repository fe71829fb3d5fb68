import { BESIDE, RADIUS } from './blocks.js';
import type { Box } from './box.js';
import { element, escapeText, path, text } from './elements.js';
import { BAR } from './columns.js';
import { SPAN } from './layout.js';
import type { Column, Layout, Row, Sign, Stretch, System, Text } from './picture.js';
import { drawBand, drawClock, drawClockEnd, drawDot, drawMarble } from './marks.js';
import { MARGIN, WIDTH } from './size.js';
import { STYLE } from './style.js';
import type { Kind } from './values.js';

const CAP = 4;

const drawText = (name: string, { x, y, text: content }: Text): string =>
  text([x, y], content, name);

/** A line with a bar at each end that is in the picture. */
function drawSpan({ x1, x2, begun, open }: Stretch, y: number): string {
  const start = begun ? [] : [x1, y - CAP, x1, y + CAP];
  const end = open ? [] : [x2, y - CAP, x2, y + CAP];
  return path('span', ...start, x1, y, x2, y, ...end);
}

function drawLife({ x1, x2, begun, open }: Stretch, y: number): string {
  const start = begun ? [] : [x1, y - CAP, x1, y + CAP];
  const arrow = open ? path('line', x2 - 6, y - 4, x2, y, x2 - 6, y + 4) : '';
  return path('line', ...start, x1, y, x2, y) + arrow;
}

/** What joins the values of one instant, and what joins a marble to a label that stands lower. */
function drawStem({ x, dots }: Column): string {
  const [first] = dots;
  const last = dots.at(-1);
  if (!first || !last) return '';
  if (first !== last) return path('stem', x, first.y, x, last.y);
  const top = last.labels[0]?.y ?? 0;
  return last.leader ? path('leader', x, first.y + RADIUS, x, top - 11) : '';
}

function drawColumn(column: Column, y: number): string {
  const { x, dots, completes, ghost } = column;
  const place = dots.length ? x + BESIDE : x;
  const bar = completes ? path('end', place, y - BAR, place, y + BAR) : '';
  const joint = completes && dots.length ? path('line', x, y, place, y) : '';
  const drawn = dots.map(
    (dot) =>
      drawDot(dot, [x, dot.y]) +
      dot.labels.map((label) => drawText(dot.beside ? 'side' : 'middle', label)).join(''),
  );
  const content = joint + bar + drawStem(column) + drawn.join('');
  return element('g', ghost ? { class: 'never' } : {}, content);
}

function drawRow({ labels, y, lives, ghosts, spans, columns }: Row): string {
  return [
    ...labels.map((label) => drawText('label', label)),
    ...spans.map((span) => drawSpan(span, y - SPAN)),
    ...ghosts.map(({ x1, x2 }) => path('ghost', x1, y, x2, y)),
    ...lives.map((life) => drawLife(life, y)),
    ...columns.map((column) => drawColumn(column, y)),
  ].join('\n');
}

/** A consumer that unsubscribes, and the source that is unsubscribed from in the same instant. */
function drawLeaving({ rows }: System): string[] {
  const top = (rows[0]?.y ?? 0) - BAR;
  const ends = new Set(rows.flatMap(({ spans }) => spans.map(({ x2 }) => x2)));
  return rows.flatMap(({ columns, y }) =>
    columns
      .filter(({ x, dots }) => ends.has(x) && dots.some(({ kind }) => kind === 'leave'))
      .map(({ x }) => path('leave', x, top, x, y)),
  );
}

/** From what is held down to the marble in which it is emitted. */
function drawArrow(x: number, from: number, to: number): string {
  return path('link', x, from, x, to) + path('link', x - 3, to - 4, x, to, x + 3, to - 4);
}

function drawBox(box: Box, rows: readonly Row[]): string {
  const { y, height, lines, holds, wires, arrows, clocks } = box;
  const frame = { x: MARGIN / 2, y, width: WIDTH - MARGIN, height, rx: 6, class: 'call' };
  const results = rows.slice(rows.findIndex((row) => row.y > y));
  const above = (result: number): number => (results[result]?.y ?? y) - RADIUS - 5;
  return [
    element('rect', frame),
    ...wires.map(({ x, y1, y2 }) => path('link', x, y1, x, y2)),
    ...holds.map(({ to, result, ...hold }) => drawArrow(to, hold.y, above(result))),
    ...arrows.map(({ x, result, ...arrow }) => drawArrow(x, arrow.y, above(result))),
    ...holds.map((hold) => drawBand(hold.kind, hold.from[0] ?? 0, hold.to, hold.y)),
    ...holds.flatMap((hold) =>
      hold.from.map((x) => element('circle', { cx: x, cy: hold.y, r: 2, class: 'in' })),
    ),
    ...clocks.map(({ x1, x2, y: place, begun }) => drawClock(x1, x2, place, begun)),
    // A clock that starts in the same instant does not cover the end.
    ...clocks.map(({ x2, y: place, end }) => (end ? drawClockEnd(x2, place, end) : '')),
    ...clocks.map(({ label }) => (label ? drawText('inside', label) : '')),
    ...lines.map((line) => drawText('name', line)),
  ].join('\n');
}

function drawAxis({ axis: { x1, x2, y }, ticks, breaks, top }: System): string {
  return [
    ...ticks.map(({ x }) => path('grid', x, top - 4, x, y)),
    path('line', x1, y, x2, y),
    ...breaks.map((x) =>
      [element('rect', { x: x - 2, y: y - 2, width: 4, height: 4, class: 'gap' })]
        .concat([x - 2, x + 2].map((each) => path('tick', each - 2, y + 4, each + 2, y - 4)))
        .join(''),
    ),
    ...ticks
      .filter(({ text: time }) => time)
      .flatMap(({ x, text: time }) => [
        path('tick', x, y, x, y + CAP),
        text([x, y + 17], time, 'middle dim'),
      ]),
    text([MARGIN, y + 17], 'ms', 'dim'),
  ].join('\n');
}

const drawSystem = (system: System): string =>
  [
    drawAxis(system),
    ...drawLeaving(system),
    ...system.boxes.map((box) => drawBox(box, system.rows)),
    ...system.rows.map(drawRow),
  ].join('\n');

function drawSign({ x, y, what, name }: Sign): string {
  const drawings = {
    span: () => drawSpan({ x1: x - 10, x2: x + 10, begun: false, open: false }, y),
    held: () => drawBand('value', x - 7, x + 7, y),
    timer: () => drawClock(x - 6, x + 8, y, false) + drawClockEnd(x + 8, y, 'fires'),
    cancelled: () => drawClock(x - 6, x + 8, y, false) + drawClockEnd(x + 8, y, 'is cancelled'),
  };
  const sign = Object.hasOwn(drawings, what)
    ? drawings[what as keyof typeof drawings]()
    : drawMarble(what as Kind, '', [x, y]);
  return sign + text([x + 18, y + 4], name, 'dim');
}

/** The picture as a file. Only the reader's theme and font change how it looks. */
export function toSvg(layout: Layout): string {
  const { width, title, caption, systems, legend } = layout;
  const size = { width, height: Math.ceil(layout.height) };
  const viewBox = `0 0 ${String(size.width)} ${String(size.height)}`;
  const content = [
    element('title', {}, escapeText(title)),
    element('desc', {}, escapeText(layout.description)),
    element('style', {}, STYLE),
    element('rect', {
      ...{ x: 0.5, y: 0.5, width: size.width - 1, height: size.height - 1, rx: 8 },
      class: 'paper',
    }),
    ...caption.map((line) => drawText('caption', line)),
    ...systems.map(drawSystem),
    ...legend.map(drawSign),
  ];
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', ...size, viewBox, role: 'img' };
  return `${element('svg', attributes, `\n${content.join('\n')}\n`)}\n`;
}
