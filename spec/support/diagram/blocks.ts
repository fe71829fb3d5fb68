import { measure, wrap } from './measure.js';
import type { Lane, Moment, Run } from './timeline.js';
import { describeError, describeValue, type Kind } from './values.js';

/** A marble, the cross of an error, or the consumer's unsubscribe. */
export interface Dot {
  readonly kind: Kind | 'error' | 'leave';
  readonly letter: string;
  readonly lines: readonly string[];
}

/** How far something reaches from the center of its marble, in px. */
interface Reach {
  readonly left: number;
  readonly right: number;
}

/** All that stands at one time in one row, with the room that it needs. */
export interface Block {
  readonly at: number;
  /** Several dots stand under one another, with their labels beside them. A single label stands below. */
  readonly dots: readonly Dot[];
  readonly completes: boolean;
  /** Whether the line of the row continues. */
  readonly continues: boolean;
  /** It never came: the consumer unsubscribed before. */
  readonly ghost: boolean;
  readonly mark: Reach;
  readonly label: Reach;
}

/** Which of the lines of labels below a row a block uses; a stack uses all of them. */
export type Level = number | 'all';

export const RADIUS = 11;
export const LINE_HEIGHT = 14;
/** From the center of a marble to the bar of the completion beside it. */
export const BESIDE = RADIUS + 7;
const GAP = 6;
const MAX_LINES = 4;

function fold(lines: readonly string[], width: number): string[] {
  const folded = lines.flatMap((line) => wrap(line, width));
  return folded.length > MAX_LINES ? [...folded.slice(0, MAX_LINES - 1), '…'] : folded;
}

function toDots({ marbles, end }: Moment, { error }: Lane): Dot[] {
  const dots = marbles.map(({ letter, value }): Dot => ({ letter, ...describeValue(value) }));
  if (end === 'error') dots.push({ kind: 'error', letter: '', lines: [describeError(error)] });
  if (end === 'leave') dots.push({ kind: 'leave', letter: '', lines: ['unsubscribes'] });
  return dots;
}

/** From the center of a stack's marbles to their labels. */
export const labelBeside = (completes: boolean): number => (completes ? BESIDE + 3 : RADIUS) + GAP;

function toBlock(moment: Moment, { to }: Run, lane: Lane, labelWidth: number): Block {
  const { at, end } = moment;
  const completes = end === 'complete';
  const dots = toDots(moment, lane).map((dot) =>
    dot.kind === 'leave' ? dot : { ...dot, lines: fold(dot.lines, labelWidth) },
  );
  const width = Math.max(0, ...dots.flatMap(({ lines }) => lines.map((line) => measure(line))));
  const [half, bar] = [dots.length ? RADIUS * 1.35 : 2, completes ? BESIDE + 2 : 0];
  const mark = { left: half, right: Math.max(half, dots.length ? bar : 0) };
  const beside = { left: mark.left, right: labelBeside(completes) + width };
  const label = dots.length > 1 ? beside : { left: width / 2, right: width / 2 };
  return { at, dots, completes, continues: !end, ghost: at > to, mark, label };
}

/** The blocks of a row in the order of time. */
export function toBlocks(lane: Lane, labelWidth: number): Block[] {
  return lane.runs.flatMap((run) =>
    run.moments.map((moment) => toBlock(moment, run, lane, labelWidth)),
  );
}

/** How many px two neighbors in a row need between their centers. */
export function needBetween(
  [before, after]: readonly [Block, Block],
  [upper, lower]: readonly [Level, Level],
): number {
  if (after.at <= before.at) {
    throw new Error('What is subscribed to twice at a time needs a row for each subscription.');
  }
  const marks = before.mark.right + after.mark.left + GAP;
  if (!before.dots.length || !after.dots.length) return marks;
  if (upper === lower || upper === 'all' || lower === 'all') {
    return Math.max(marks, before.label.right + after.label.left + GAP + 3);
  }
  // The line from a marble to its lower label passes the upper label of the other marble.
  return Math.max(marks, GAP + (upper < lower ? before.label.right : after.label.left));
}
