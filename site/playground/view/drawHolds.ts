import { element } from '../../../spec/support/diagram/elements.js';
import { drawBand } from '../../../spec/support/diagram/marks.js';
import type { Frame } from './frame.js';
import type { StageTrack } from './model.js';
import { LANE, MAX_LANES, toLanes } from './toLanes.js';

/** A place on the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What there is without any. */
export const NO_HOLDS = { content: [], height: 0, wires: [], arrows: [] };

/** Draws the values that an operator held back, as bands from where they came to where they were emitted. */
export function drawHolds({ holds }: StageTrack, top: number, frame: Frame) {
  const shown = holds.filter(({ from, to }) => (from[0] ?? 0) >= frame.from && to <= frame.to);
  const { lanes, count } = toLanes(shown, ({ from, to }) => [from[0] ?? 0, to]);
  if (count > MAX_LANES) return NO_HOLDS;
  const bands = lanes.map(({ one: { kind, from, to }, lane }) => {
    const y = top + (lane + 0.5) * LANE;
    const dots = from.map((at) => element('circle', { cx: frame.x(at), cy: y, r: 2, class: 'in' }));
    return {
      content: drawBand(kind, frame.x(from[0] ?? 0), frame.x(to), y) + dots.join(''),
      wires: from.map((at): Point => ({ x: frame.x(at), y })),
      arrow: { x: frame.x(to), y } satisfies Point,
    };
  });
  return {
    content: bands.map(({ content }) => content),
    height: count * LANE,
    /** Where what was held came in. */
    wires: bands.flatMap(({ wires }) => wires),
    /** Where it was emitted. */
    arrows: bands.map(({ arrow }) => arrow),
  };
}
