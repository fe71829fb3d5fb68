import { LINE_HEIGHT, RADIUS, labelBeside, type Block } from './blocks.js';
import type { Column, Text } from './picture.js';
import type { Scale, Shelf } from './scale.js';

/** Above and below the line of a row: half of a completion's bar. */
export const BAR = 16;
/** From a marble to its label. */
const BELOW = RADIUS + 6;
/** Of the text above its baseline. */
const ASCENT = 11;
/** Between the marbles of a stack. */
const STACKED = 28;

export function toLines(lines: readonly string[], x: number, top: number): Text[] {
  return lines.map((text, i) => ({ x, y: top + ASCENT + i * LINE_HEIGHT, text }));
}

function stack(
  { dots, completes, continues }: Block,
  x: number,
  top: number,
): Column['dots'][number][] {
  let y = top - STACKED;
  let half = STACKED / 2;
  return dots.map((dot) => {
    const room = Math.max(STACKED, dot.lines.length * LINE_HEIGHT + 8);
    y += half + room / 2;
    half = room / 2;
    const height = dot.lines.length * LINE_HEIGHT;
    // The labels stand below the line if it continues.
    const from = continues ? y + 3 : y - height / 2;
    const labels = toLines(dot.lines, x + labelBeside(completes), from);
    return { ...dot, y, labels, beside: true, leader: false };
  });
}

/** The tops of the lines of labels, and the bottom of the last. */
function findTops({ blocks, levels }: Shelf, y: number): number[] {
  const tops = [y + BELOW];
  const last = Math.max(0, ...levels.map((level) => (level === 'all' ? 0 : level)));
  for (let level = 0; level <= last; level++) {
    const heights = blocks
      .filter((_, i) => levels[i] === level)
      .map(({ dots }) => (dots[0]?.lines.length ?? 0) * LINE_HEIGHT);
    tops.push((tops[level] ?? 0) + Math.max(0, ...heights) + 4);
  }
  return tops;
}

export function placeColumns(shelf: Shelf, y: number, { places }: Scale): Column[] {
  const tops = findTops(shelf, y);
  return shelf.blocks.map((block, i) => {
    const { at, dots, completes, ghost } = block;
    const x = places.get(at) ?? 0;
    const level = shelf.levels[i] ?? 0;
    const top = level === 'all' ? 0 : (tops[level] ?? 0);
    const placed =
      level === 'all'
        ? stack(block, x, y)
        : dots.map((dot) => ({
            ...dot,
            ...{ y, beside: false, leader: level > 0 },
            labels: toLines(dot.lines, x, top),
          }));
    const bottoms = placed.flatMap((dot) => [dot.y + RADIUS, (dot.labels.at(-1)?.y ?? 0) + 3]);
    return { x, dots: placed, completes, ghost, bottom: Math.max(y + BAR, ...bottoms) };
  });
}
