import { BESIDE } from '../../../spec/support/diagram/blocks.js';
import { path, text } from '../../../spec/support/diagram/elements.js';
import type { Frame } from './frame.js';
import { MARGIN } from './sizes.js';

/** A step of the axis that people like. */
function findStep(length: number, room: number): number {
  const least = (length * 52) / Math.max(1, room);
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? 10 * power;
}

/** Draws the axis of time, and the grid that stands behind the rows. */
export function drawAxis(top: number, y: number, frame: Frame) {
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
