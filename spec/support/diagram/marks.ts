import { RADIUS, type Dot } from './blocks.js';
import { element, path, text, type Point } from './elements.js';
import type { Kind } from './values.js';

function drawPolygon(
  name: string,
  count: number,
  radius: number,
  turn: number,
  [x, y]: Point,
): string {
  const corners = Array.from({ length: count + 1 }, (_, i) => {
    const angle = ((i % count) / count + turn) * 2 * Math.PI;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
  return path(name, ...corners.flat());
}

/** Each phase has a shape, since not everyone sees its color. */
const shapes: Readonly<Record<Kind, (center: Point) => string>> = {
  thinking: (center) => drawPolygon('dot thinking', 4, RADIUS * 1.3, 0, center),
  answer: ([cx, cy]) => element('circle', { cx, cy, r: RADIUS, class: 'dot answer' }),
  tools: (center) => drawPolygon('dot tools', 4, RADIUS * 1.35, 1 / 8, center),
  done: (center) => drawPolygon('dot done', 6, RADIUS * 1.15, 0, center),
  value: ([cx, cy]) => element('circle', { cx, cy, r: RADIUS, class: 'dot value' }),
};

/** A marble with its letter. */
export function drawMarble(kind: Kind, letter: string, [x, y]: Point): string {
  const shape = shapes[kind]([x, y]);
  return letter ? shape + text([x, y + 4], letter, 'letter') : shape;
}

function drawCross([x, y]: Point): string {
  const half = RADIUS - 4;
  const falling = path('error', x - half, y - half, x + half, y + half);
  return falling + path('error', x - half, y + half, x + half, y - half);
}

/** What stands for a dot. */
export function drawDot({ kind, letter }: Dot, place: Point): string {
  if (kind === 'error') return drawCross(place);
  if (kind !== 'leave') return drawMarble(kind, letter, place);
  const [x, y] = place;
  return path('tick', x, y - RADIUS, x, y + RADIUS);
}

/** An output while it is held back: a band in the color of its phase. */
export function drawBand(kind: Kind, x1: number, x2: number, y: number): string {
  const size = { x: x1 - 3, y: y - 3.5, width: x2 - x1 + 6, height: 7, rx: 3.5 };
  return element('rect', { ...size, class: `held ${kind}` });
}

/** A clock that runs: a dial, unless it has begun before, and a line. */
export function drawClock(x1: number, x2: number, y: number, begun: boolean): string {
  if (begun) return path('timer', x1, y, x2, y);
  const dial = element('circle', { cx: x1, cy: y, r: 4.5, class: 'dial' });
  return path('timer', x1 + 4.5, y, x2, y) + dial + path('hand', x1, y - 3, x1, y, x1 + 2, y);
}

/** The end of a clock: a dot where it fires, a bar where it is cancelled. */
export function drawClockEnd(x: number, y: number, end: 'fires' | 'is cancelled'): string {
  return end === 'fires'
    ? element('circle', { cx: x, cy: y, r: 3, class: 'fired' })
    : path('hand', x, y - 6, x, y + 6);
}
