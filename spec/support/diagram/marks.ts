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
  other: ([cx, cy]) => element('circle', { cx, cy, r: RADIUS, class: 'dot other' }),
};

/** A marble with its letter. */
export function drawMarble(kind: Kind, letter: string, [x, y]: Point): string {
  return shapes[kind]([x, y]) + text([x, y + 4], letter, 'letter');
}

function drawCross([x, y]: Point): string {
  const half = RADIUS - 3;
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
