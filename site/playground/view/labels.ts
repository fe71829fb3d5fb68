import { FONT, measure, wrap } from '../../../spec/support/diagram/measure.js';
import { LINE_HEIGHT, RADIUS } from '../../../spec/support/diagram/blocks.js';
import type { ShownMark } from './model.js';

/** What stands at one time of a row. */
export interface Column {
  readonly at: number;
  readonly x: number;
  readonly marks: readonly ShownMark[];
  readonly completes: boolean;
  readonly isGhost: boolean;
}

/** Where the lines of a label are; a stack has them beside its marbles. */
export interface Label {
  readonly lines: readonly string[];
  /** Of the line below the row; it is connected to its marble if it is not the first. */
  readonly level: number;
}

const MAX_WIDTH = 110;
const MAX_LINES = 3;
const GAP = 8;
const LEVELS = 3;
/** More marbles of one time are counted. */
export const MAX_STACK = 4;

/** Puts marks of one time together. */
export function toColumns(marks: readonly ShownMark[], x: (at: number) => number): Column[] {
  const columns: (Omit<Column, 'marks' | 'completes'> & {
    marks: ShownMark[];
    completes: boolean;
  })[] = [];
  for (const mark of marks) {
    let column = columns.at(-1);
    if (column?.at !== mark.at) {
      column = { at: mark.at, x: x(mark.at), marks: [], completes: false, isGhost: mark.isGhost };
      columns.push(column);
    }
    if (mark.kind === 'complete') column.completes = true;
    else column.marks.push(mark);
  }
  return columns;
}

function fold(lines: readonly string[], width: number): string[] {
  const folded = lines.flatMap((line) => wrap(line, width));
  return folded.length > MAX_LINES ? [...folded.slice(0, MAX_LINES - 1), '…'] : folded;
}

/** How wide a stack's labels are. */
export const stackWidth = ({ marks }: Column): number =>
  marks.length < 2
    ? 0
    : Math.min(MAX_WIDTH, Math.max(...marks.map(({ lines }) => measure(lines[0] ?? '', FONT))));

/**
 * Finds a place for the label of each column of a single marble: the highest of three lines on which it touches no
 * other. A label without a place is left out.
 */
export function placeLabels(
  columns: readonly Column[],
  [left, right]: readonly [number, number],
): (Label | undefined)[] {
  /** The end of what stands on each line, and the last marble whose label stands lower. */
  const ends = Array<number>(LEVELS).fill(-Infinity);
  const leaders = Array<number>(LEVELS).fill(-Infinity);
  return columns.map((column) => {
    const { marks, x } = column;
    const [mark] = marks;
    if (!mark) return undefined;
    if (marks.length > 1) {
      ends.fill(x + RADIUS + GAP + stackWidth(column));
      return { lines: [], level: 0 };
    }
    for (let level = 0; level < LEVELS; level++) {
      // The message of an error is long.
      const lines = fold(mark.kind === 'error' ? mark.lines.slice(0, 1) : mark.lines, MAX_WIDTH);
      const half = Math.max(...lines.map((line) => measure(line))) / 2;
      const center = Math.min(Math.max(x, left + half), right - half);
      const isFree =
        center - half > (ends[level] ?? 0) + GAP &&
        center - half > (leaders[level] ?? 0) + 3 &&
        ends.slice(0, level).every((end) => end < x - 3);
      if (!isFree) continue;
      ends[level] = center + half;
      leaders.fill(x, 0, level);
      return { lines, level };
    }
    return undefined;
  });
}

/** How high the labels on each line are. */
export function levelTops(labels: readonly (Label | undefined)[], top: number): number[] {
  const tops = [top];
  for (let level = 0; level < LEVELS; level++) {
    const heights = labels
      .filter((label) => label?.level === level)
      .map((label) => (label?.lines.length ?? 0) * LINE_HEIGHT);
    const height = Math.max(0, ...heights);
    tops.push((tops[level] ?? 0) + height + (height ? 4 : 0));
  }
  return tops;
}
