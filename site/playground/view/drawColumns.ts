import { BESIDE, LINE_HEIGHT, RADIUS } from '../../../spec/support/diagram/blocks.js';
import { element, escapeText, path, text } from '../../../spec/support/diagram/elements.js';
import { measure } from '../../../spec/support/diagram/measure.js';
import { drawMark } from './drawMark.js';
import { drawStack } from './drawStack.js';
import type { Frame } from './frame.js';
import { MAX_STACK, levelTops, placeLabels, type Column, type Label } from './labels.js';
import { BAR, GUTTER, MARGIN, STACKED } from './sizes.js';

/** Marbles shrink where they are close. */
function findSize(columns: readonly Column[]): number {
  const gaps = columns
    .slice(1)
    .map(({ x }, i) => x - (columns[i]?.x ?? 0))
    .sort((a, b) => a - b);
  const gap = gaps[Math.floor(gaps.length / 8)] ?? Infinity;
  return Math.min(1, Math.max(0.42, gap / (2 * RADIUS + 1)));
}

const tip = (lines: readonly string[]): string =>
  element('title', {}, escapeText(lines.join(', ')));

/** The end of a row, behind what came at the same time. */
function drawEnd({ x, marks }: Column, y: number, size: number): string {
  const place = marks.length ? x + BESIDE * Math.max(size, 0.75) : x;
  return (
    (marks.length ? path('line', x, y, place, y) : '') + path('end', place, y - BAR, place, y + BAR)
  );
}

/** Draws the lines of a label below its marble, and says where they end. */
function drawLabel({ lines }: Label, x: number, top: number, frame: Frame) {
  const half = Math.max(0, ...lines.map((line) => measure(line))) / 2;
  const center = Math.min(Math.max(x, half + 4), frame.width - half - 4);
  const baseline = (n: number): number => top + 11 + n * LINE_HEIGHT;
  return {
    content: lines.map((line, n) => text([center, baseline(n)], line, 'middle')).join(''),
    bottom: lines.length ? baseline(lines.length - 1) + 3 : 0,
  };
}

/** Draws what came at each time of a row, with labels where there is room. */
export function drawColumns(columns: readonly Column[], y: number, frame: Frame) {
  const size = findSize(columns);
  const labels = placeLabels(columns, [frame.isWide ? MARGIN + GUTTER / 2 : 4, frame.width - 4]);
  const tops = levelTops(labels, y + RADIUS + 6);
  let bottom = y + BAR;
  const content = columns.map((column, i) => {
    const { x, marks, completes, isGhost } = column;
    const [mark] = marks;
    const label = labels[i] ?? { lines: [], level: 0 };
    const parts = completes ? [drawEnd(column, y, size)] : [];
    if (marks.length > 1) {
      const room = Math.min(150, (columns[i + 1]?.x ?? frame.width) - x - RADIUS);
      parts.push(drawStack(column, y, size, room));
      bottom = Math.max(bottom, y + Math.min(marks.length, MAX_STACK) * STACKED);
    } else if (mark) {
      const top = tops[label.level] ?? 0;
      if (label.level) parts.push(path('leader', x, y + RADIUS, x, top + 2));
      const below = drawLabel(label, x, top, frame);
      parts.push(drawMark(mark, x, y, size), below.content);
      bottom = Math.max(bottom, below.bottom);
    }
    parts.push(tip(marks.map(({ lines }) => lines.join(' '))));
    return element('g', isGhost ? { class: 'never' } : {}, parts.join(''));
  });
  return { content: content.join(''), bottom };
}
