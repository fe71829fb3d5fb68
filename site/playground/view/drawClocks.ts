import { BESIDE, RADIUS } from '../../../spec/support/diagram/blocks.js';
import { text } from '../../../spec/support/diagram/elements.js';
import { drawClock, drawClockEnd } from '../../../spec/support/diagram/marks.js';
import { measure } from '../../../spec/support/diagram/measure.js';
import type { Frame } from './frame.js';
import type { StageTrack } from './model.js';
import { LANE, MAX_LANES, toLanes } from './toLanes.js';

/** Draws the timers that an operator waited for. */
export function drawClocks({ clocks }: StageTrack, top: number, frame: Frame) {
  const shown = clocks.filter(({ from, to }) => from <= frame.to && to >= frame.from);
  const { lanes, count } = toLanes(
    [...shown].sort((a, b) => a.from - b.from),
    ({ from, to }) => [from, to],
  );
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
