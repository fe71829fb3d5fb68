import { BESIDE, RADIUS } from '../../../spec/support/diagram/blocks.js';
import { path, text } from '../../../spec/support/diagram/elements.js';
import { measure } from '../../../spec/support/diagram/measure.js';
import { drawMark } from './drawMark.js';
import { MAX_STACK, type Column } from './labels.js';
import { STACKED } from './sizes.js';

/** As much of a line as fits. */
function fitLine(line: string, room: number): string {
  if (measure(line) <= room) return line;
  if (room < 34) return '';
  const signs = Array.from(line);
  let length = 0;
  while (measure(`${signs.slice(0, length + 1).join('')}…`) <= room) length++;
  return `${signs.slice(0, length).join('')}…`;
}

/** Several values of one instant stand under one another. */
export function drawStack(
  { marks, x, completes }: Column,
  y: number,
  size: number,
  room: number,
): string {
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
