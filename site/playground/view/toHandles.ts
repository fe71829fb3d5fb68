import { BESIDE } from '../../../spec/support/diagram/blocks.js';
import type { Placed } from './drawTrack.js';
import { isIn, type Frame } from './frame.js';
import { MAX_STACK } from './labels.js';
import type { InputTrack, ShownMark } from './model.js';
import { STACKED } from './sizes.js';

/** Where a marble is that can be moved. */
export interface Handle {
  readonly row: number;
  readonly n: number;
  readonly x: number;
  readonly y: number;
  /** In the time of its row. */
  readonly at: number;
  readonly words: string;
}

function describe({ kind, letter, lines }: ShownMark): string {
  if (kind === 'complete') return 'completion';
  return kind === 'error' ? 'error' : `chunk ${letter}, ${lines.join(' ')}`;
}

/** Where the marbles of an input are that can be moved. */
export function toHandles(input: InputTrack, placed: Placed, frame: Frame): Handle[] {
  if (!placed.columns.length) return [];
  /** How many marbles there are at each time so far. */
  const stacked = new Map<number, number>();
  return input.marks.flatMap((mark) => {
    const { n, at, kind } = mark;
    const depth = stacked.get(at) ?? 0;
    const ends = kind === 'complete';
    if (!ends) stacked.set(at, depth + 1);
    if (n === undefined || !isIn(at, frame) || depth >= MAX_STACK) return [];
    return [
      {
        ...{ row: input.row, n, words: describe(mark), at: at - input.from },
        x: frame.x(at) + (ends && depth ? BESIDE : 0),
        y: placed.y + (ends ? 0 : depth * STACKED),
      },
    ];
  });
}
