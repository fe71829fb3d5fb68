import { element } from '../../../spec/support/diagram/elements.js';
import { drawDot, drawMarble } from '../../../spec/support/diagram/marks.js';
import type { Kind } from '../../../spec/support/diagram/values.js';
import type { ShownMark } from './model.js';

/** Draws a marble, of a size between 0 and 1. A small one has no letter. */
export function drawMark(
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
