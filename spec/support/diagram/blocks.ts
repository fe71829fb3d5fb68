import { measure, wrap } from './measure.js';
import type { Lane, Moment, Run } from './timeline.js';
import { describeError, describeValue, type Kind } from './values.js';

/** A marble, the cross of an error, or the consumer that leaves. */
export interface Dot {
  readonly kind: Kind | 'error' | 'leave';
  readonly letter: string;
  readonly lines: readonly string[];
}

/** All that stands at one time in one row, with as much room as it needs. */
export interface Block {
  readonly at: number;
  readonly dots: readonly Dot[];
  readonly completes: boolean;
  /** It never came: the row was let go of before. */
  readonly ghost: boolean;
  /** That of its labels. */
  readonly width: number;
}

export const RADIUS = 11;
const MAX_LINES = 4;

function fold(lines: readonly string[], width: number): string[] {
  const folded = lines.flatMap((line) => wrap(line, width));
  return folded.length > MAX_LINES ? [...folded.slice(0, MAX_LINES - 1), '…'] : folded;
}

function toBlock(
  { at, marbles, end }: Moment,
  { to }: Run,
  { error }: Lane,
  labelWidth: number,
): Block {
  const dots = marbles.map(({ letter, value }): Dot => ({ letter, ...describeValue(value) }));
  if (end === 'error') dots.push({ kind: 'error', letter: '', lines: [describeError(error)] });
  if (end === 'leave') dots.push({ kind: 'leave', letter: '', lines: ['leaves'] });
  const folded = dots.map((dot) => ({ ...dot, lines: fold(dot.lines, labelWidth) }));
  const width = Math.max(0, ...folded.flatMap(({ lines }) => lines.map((line) => measure(line))));
  return { at, dots: folded, completes: end === 'complete', ghost: at > to, width };
}

/** What stands in a row, in order, with labels at most as wide as given. */
export function toBlocks(lane: Lane, labelWidth: number): Block[] {
  return lane.runs.flatMap((run) =>
    run.moments.map((moment) => toBlock(moment, run, lane, labelWidth)),
  );
}
