import { BESIDE, RADIUS } from '../../../spec/support/diagram/blocks.js';
import { MAX_DRAWN } from '../report.js';
import { stackWidth, toColumns } from './labels.js';
import type { Model } from './model.js';
import { GUTTER, MARGIN } from './sizes.js';

/** What of the time is shown, and in which width. */
export interface View {
  readonly width: number;
  /** In ms. */
  readonly from: number;
  readonly to: number;
}

/** A view, and where on it each time is. */
export interface Frame extends View {
  readonly x: (at: number) => number;
  /** Where the axis begins and ends. */
  readonly left: number;
  readonly right: number;
  /** Whether the labels of rows stand beside them. */
  readonly isWide: boolean;
}

/** From this width on there is room for labels beside the rows. */
const WIDE = 700;

/** The room that labels beside the marbles need behind the last time. */
function findReserve({ inputs, stages }: Model, view: View): number {
  const late = view.to - (view.to - view.from) / 5;
  const widths = [...inputs, ...stages]
    .filter(({ marks }) => marks.length <= MAX_DRAWN)
    .flatMap(({ marks }) => toColumns(marks, (at) => at))
    .filter(({ at }) => at >= late && at <= view.to)
    .map(stackWidth);
  return Math.max(0, ...widths);
}

export function toFrame(model: Model, view: View): Frame {
  const isWide = view.width >= WIDE;
  const reserve = findReserve(model, view);
  const left = MARGIN + RADIUS + (isWide ? GUTTER : 4);
  const right = view.width - MARGIN - BESIDE - 8 - (isWide ? reserve : Math.min(reserve, 64));
  const x = (at: number): number =>
    left + ((at - view.from) / Math.max(1, view.to - view.from)) * (right - left);
  return { ...view, x, left, right, isWide };
}

export const isIn = (at: number, { from, to }: View): boolean => at >= from && at <= to;
