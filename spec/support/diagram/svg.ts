import { element, escapeText, path, text } from './elements.js';
import {
  BAR,
  BELOW,
  CALL_HEIGHT,
  LINE_HEIGHT,
  MARGIN,
  SPAN,
  type Column,
  type Layout,
  type Row,
  type Sign,
  type Stretch,
} from './layout.js';
import { drawDot, drawMarble } from './marks.js';
import { STYLE } from './style.js';

const CAP = 5;

/** A line that begins with a bar and ends with one, unless it goes on. */
function drawSpan({ x1, x2, open }: Stretch, y: number): string {
  const end = open ? [] : [x2, y - CAP, x2, y + CAP];
  return path('span', x1, y - CAP, x1, y + CAP, x1, y, x2, y, ...end);
}

function drawLife(life: Stretch, y: number): string {
  const { x1, x2, open } = life;
  const arrow = open ? path('line', x2 - 7, y - 4, x2, y, x2 - 7, y + 4) : '';
  return path('line', x1, y - CAP, x1, y + CAP, x1, y, x2, y) + arrow;
}

function drawColumn({ x, dots, completes, ghost }: Column, y: number): string {
  const bar = completes ? path('end', x, y - BAR, x, y + BAR) : '';
  const drawn = dots.map((dot) => {
    const labels = dot.lines.map((label, i) =>
      text([x, dot.y + BELOW + i * LINE_HEIGHT], label, 'middle'),
    );
    return drawDot(dot, [x, dot.y]) + labels.join('');
  });
  return element('g', ghost ? { class: 'never' } : {}, bar + drawn.join(''));
}

function drawRow({ label, y, lives, ghosts, spans, columns }: Row): string {
  return [
    text([MARGIN, y + 4], label, 'label'),
    ...spans.map((span) => drawSpan(span, y - SPAN)),
    ...ghosts.map(({ x1, x2 }) => path('ghost', x1, y, x2, y)),
    ...lives.map((life) => drawLife(life, y)),
    ...columns.map((column) => drawColumn(column, y)),
  ].join('\n');
}

/** A consumer that leaves, and the source that is let go of in the same frame. */
function drawLeaving({ rows }: Layout): string[] {
  const top = (rows[0]?.y ?? 0) - BAR;
  const ends = new Set(rows.flatMap(({ spans }) => spans.map(({ x2 }) => x2)));
  return rows.flatMap(({ columns, y }) =>
    columns
      .filter(({ x, dots }) => ends.has(x) && dots.some(({ kind }) => kind === 'leave'))
      .map(({ x }) => path('leave', x, top, x, y)),
  );
}

function drawAxis({ axis: { x1, x2, y }, ticks, caption }: Layout): string {
  const top = MARGIN + caption.length * 18;
  return [
    ...ticks.map(({ x }) => path('grid', x, top, x, y)),
    path('line', x1, y, x2, y),
    ...ticks.flatMap(({ x, text: time }) => [
      path('tick', x, y, x, y + CAP),
      text([x, y + 19], time, 'middle dim'),
    ]),
    text([MARGIN, y + 19], 'ms', 'dim'),
  ].join('\n');
}

function drawSign({ x, y, what, name }: Sign): string {
  const sign =
    what === 'span'
      ? drawSpan({ x1: x - 12, x2: x + 12, open: false }, y)
      : drawMarble(what, '', [x, y]);
  return sign + text([x + 20, y + 4], name, 'dim');
}

/** The picture as a file. It looks the same everywhere, but for the reader's theme and font. */
export function toSvg(layout: Layout): string {
  const { width, height, title, caption, rows, call, legend } = layout;
  const size = { width: Math.ceil(width), height: Math.ceil(height) };
  const viewBox = `0 0 ${String(size.width)} ${String(size.height)}`;
  const content = [
    element('title', {}, escapeText(title)),
    element('desc', {}, escapeText(layout.description)),
    element('style', {}, STYLE),
    element('rect', {
      ...{ x: 0.5, y: 0.5, width: size.width - 1, height: size.height - 1, rx: 8 },
      class: 'paper',
    }),
    ...caption.map((words, i) => text([MARGIN, MARGIN + 12 + i * 18], words, 'caption')),
    drawAxis(layout),
    ...drawLeaving(layout),
    element('rect', {
      ...{ x: MARGIN, y: call.y, width: width - 2 * MARGIN, height: CALL_HEIGHT, rx: 6 },
      class: 'call',
    }),
    text([width / 2, call.y + 22], call.text, 'name'),
    ...rows.map(drawRow),
    ...legend.map(drawSign),
  ];
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', ...size, viewBox, role: 'img' };
  return `${element('svg', attributes, `\n${content.join('\n')}\n`)}\n`;
}
