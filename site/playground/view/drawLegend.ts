import { RADIUS } from '../../../spec/support/diagram/blocks.js';
import { element, text } from '../../../spec/support/diagram/elements.js';
import {
  drawBand,
  drawClock,
  drawClockEnd,
  drawMarble,
} from '../../../spec/support/diagram/marks.js';
import { measure } from '../../../spec/support/diagram/measure.js';
import type { Kind } from '../../../spec/support/diagram/values.js';
import type { Frame } from './frame.js';
import type { Model } from './model.js';
import { BAR, MARGIN } from './sizes.js';

const SIGNS: readonly (readonly [what: string, name: string])[] = [
  ['thinking', 'thinking'],
  ['answer', 'answer'],
  ['tools', 'tool calls'],
  ['done', 'final chunk'],
  ['value', 'value'],
  ['held', 'held until emitted'],
  ['timer', 'timer'],
];

function drawSign(what: string, x: number, y: number): string {
  if (what === 'held') return drawBand('value', x - 7, x + 7, y);
  if (what === 'timer') {
    return drawClock(x - 6, x + 8, y, false) + drawClockEnd(x + 8, y, 'fires');
  }
  const transform = `translate(${String(x)} ${String(y)}) scale(.8)`;
  return element('g', { transform }, drawMarble(what as Kind, '', [0, 0]));
}

/** Draws what the colors mean that are in the picture. */
export function drawLegend({ inputs, stages }: Model, top: number, frame: Frame) {
  const shown = new Set<string>(
    [...inputs, ...stages].flatMap(({ marks }) => marks.map(({ kind }) => kind)),
  );
  if (stages.some(({ holds }) => holds.length)) shown.add('held');
  if (stages.some(({ clocks }) => clocks.length)) shown.add('timer');
  let x = MARGIN + RADIUS;
  let y = top + BAR;
  const drawn = SIGNS.filter(([what]) => shown.has(what)).map(([what, name]) => {
    const room = 34 + measure(name);
    if (x + room > frame.width - MARGIN) {
      x = MARGIN + RADIUS;
      y += 28;
    }
    const content = drawSign(what, x, y) + text([x + 16, y + 4], name, 'dim');
    x += room;
    return content;
  });
  return { content: drawn.join(''), bottom: y + BAR };
}
