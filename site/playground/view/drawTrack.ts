import { LINE_HEIGHT } from '../../../spec/support/diagram/blocks.js';
import { path, text } from '../../../spec/support/diagram/elements.js';
import { wrap } from '../../../spec/support/diagram/measure.js';
import { MAX_DRAWN } from '../report.js';
import { drawColumns } from './drawColumns.js';
import { drawDensity } from './drawDensity.js';
import { drawLives } from './drawLives.js';
import { isIn, type Frame } from './frame.js';
import { toColumns, type Column } from './labels.js';
import type { ShownMark, Track } from './model.js';
import { BAR, GUTTER, MARGIN } from './sizes.js';

/** A row, and where it stands. */
export interface Placed {
  readonly content: string;
  /** Of its line. */
  readonly y: number;
  readonly bottom: number;
  /** None if its values are drawn as bars. */
  readonly columns: readonly Column[];
}

function drawName(label: string, top: number, y: number, frame: Frame): string {
  if (!frame.isWide) return text([MARGIN, top + 11], label, 'label');
  const lines = wrap(label, GUTTER - 8);
  const middle = (lines.length - 1) / 2;
  return lines
    .map((line, i) => text([MARGIN, y + 4 + (i - middle) * LINE_HEIGHT], line, 'label'))
    .join('');
}

/** The bars of a row with more values than anybody can see. */
function drawBars(values: readonly ShownMark[], y: number, frame: Frame, end?: ShownMark) {
  const place = end ? frame.x(end.at) + 4 : 0;
  return {
    bars: drawDensity(values, frame.x, [frame.left, frame.right], y - 1),
    end: end ? path('end', place, y - BAR, place, y + BAR) : '',
    count: text([frame.left, y + 17], `${String(values.length)} values`, 'dim'),
  };
}

/** Draws a row: its name, the lines of its subscriptions, and what came. */
export function drawTrack(track: Track, top: number, frame: Frame): Placed {
  const visible = track.marks.filter(({ at }) => isIn(at, frame));
  const values = visible.filter(({ kind }) => kind !== 'complete');
  const isDense = values.length > MAX_DRAWN;
  const hasNameAbove = !frame.isWide && track.label;
  const y = top + (isDense ? BAR + 20 : BAR) + (hasNameAbove ? 18 : 0);
  const name = drawName(track.label, top, y, frame);
  const lives = drawLives(track, y, frame);
  if (isDense) {
    const last = visible.find(({ kind }) => kind === 'complete');
    const { bars, end, count } = drawBars(values, y, frame, last);
    return { content: name + bars + lives + end + count, y, bottom: y + 20, columns: [] };
  }
  const columns = toColumns(visible, frame.x);
  const drawn = drawColumns(columns, y, frame);
  return { content: name + lives + drawn.content, y, bottom: drawn.bottom, columns };
}
