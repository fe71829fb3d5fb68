import { element, path, text } from '../../../spec/support/diagram/elements.js';
import { CALL_PARTS, measure, wrap } from '../../../spec/support/diagram/measure.js';
import { drawClocks } from './drawClocks.js';
import { NO_HOLDS, drawHolds } from './drawHolds.js';
import type { Placed } from './drawTrack.js';
import type { Frame } from './frame.js';
import type { StageTrack } from './model.js';
import { MARGIN } from './sizes.js';

const CALL_LINE = 18;
const CALL_SIZE = 14;

/** Draws an operator: its call, what it held back, and its timers. */
export function drawBox(stage: StageTrack, above: Placed | undefined, top: number, frame: Frame) {
  const lines = wrap(stage.call ?? '', frame.width - 2 * MARGIN - 28, CALL_SIZE, CALL_PARTS);
  const words = lines.map((line, i) =>
    text([frame.width / 2, top + 21 + i * CALL_LINE], line, 'name'),
  );
  const wordsEnd = top + lines.length * CALL_LINE + 8;
  // Without marbles above there is nothing that a band could come from.
  const holds = above?.columns.length ? drawHolds(stage, wordsEnd + 2, frame) : NO_HOLDS;
  const clocks = drawClocks(stage, wordsEnd + 2 + holds.height, frame);
  const held = holds.height + clocks.height;
  const height = wordsEnd + 2 + held + (held ? 6 : 2) - top;

  const half = Math.max(...lines.map((line) => measure(line, CALL_SIZE))) / 2;
  const wires = holds.wires.map(({ x, y }) => {
    const column = above?.columns.find((each) => Math.abs(each.x - x) < 0.1);
    const from = column ? (above?.bottom ?? top) : top;
    // A wire passes behind the words.
    const isBehind = Math.abs(x - frame.width / 2) < half;
    return isBehind
      ? path('link', x, from, x, top) + path('link', x, wordsEnd, x, y)
      : path('link', x, from, x, y);
  });
  const box = element('rect', {
    ...{ x: MARGIN / 2, y: top, width: frame.width - MARGIN, height },
    ...{ rx: 6, class: 'call' },
  });
  return {
    height,
    content: [box, ...wires, ...holds.content, clocks.content, ...words].join(''),
    arrows: holds.arrows,
  };
}
