import { element } from '../../../spec/support/diagram/elements.js';
import type { ShownMark } from './model.js';

const BIN = 6;
const HEIGHT = 30;
const ORDER = ['thinking', 'answer', 'tools', 'done', 'value', 'error'] as const;

/** The classes of what has no color in the diagrams. */
const NAMES: Readonly<Record<string, string>> = { value: 'plain', error: 'failed' };

/** Draws many marks as bars: how many of each kind came in each stretch of time. */
export function drawDensity(
  marks: readonly ShownMark[],
  x: (at: number) => number,
  [left, right]: readonly [number, number],
  y: number,
): string {
  const count = Math.max(1, Math.ceil((right - left) / BIN));
  const bins = Array.from({ length: count }, () => new Map<string, number>());
  for (const { at, kind } of marks) {
    const bin = bins[Math.min(count - 1, Math.floor((x(at) - left) / BIN))];
    if (kind !== 'complete') bin?.set(kind, (bin.get(kind) ?? 0) + 1);
  }
  const sums = bins.map((bin) => [...bin.values()].reduce((sum, each) => sum + each, 0));
  const scale = HEIGHT / Math.max(1, ...sums);
  return bins
    .flatMap((bin, i) => {
      let top = y;
      return ORDER.filter((kind) => bin.has(kind)).map((kind) => {
        const height = Math.max(2, (bin.get(kind) ?? 0) * scale);
        top -= height;
        return element('rect', {
          ...{ x: left + i * BIN, y: top, width: BIN - 1.5, height },
          class: `bar ${NAMES[kind] ?? kind}`,
        });
      });
    })
    .join('');
}
