import { BESIDE } from '../../../spec/support/diagram/blocks.js';
import { path } from '../../../spec/support/diagram/elements.js';
import type { Frame } from './frame.js';
import type { Track } from './model.js';

/** Draws a line for each subscription, dashed up to what would have come without an unsubscribe. */
export function drawLives({ lives, marks }: Track, y: number, frame: Frame): string {
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
