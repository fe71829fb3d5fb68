import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createProgress, toProgressLine } from '../../lib/wire/progressLine.js';
import type { ModelProgress, ProgressLine } from '../../lib/types/index.js';

/** What a meter makes of lines that come all at once. */
function measure(lines: readonly ProgressLine[]): ModelProgress[] {
  const progress = createProgress();
  return lines.map((line) => progress.add(line, 0));
}

const ratiosOf = (all: readonly ModelProgress[]) => all.map(({ ratio }) => ratio);

const layer = (digest: string, total: number, completed?: number): ProgressLine => ({
  status: `pulling ${digest}`,
  digest,
  total,
  ...(completed !== undefined && { completed }),
});

describe('createProgress', () => {
  it('gives one state for each line, repeated ones too, of all layers together', () => {
    expect(
      measure([
        { status: 'pulling manifest' },
        layer('a', 80),
        layer('b', 20),
        layer('a', 80, 40),
        layer('a', 80, 40),
        layer('b', 20, 20),
        layer('a', 80, 80),
        { status: 'verifying sha256 digest' },
        { status: 'success' },
      ]),
    ).toEqual([
      { status: 'pulling manifest', completed: 0, total: 0, ratio: 0 },
      { status: 'pulling a', digest: 'a', completed: 0, total: 80, ratio: 0 },
      { status: 'pulling b', digest: 'b', completed: 0, total: 100, ratio: 0 },
      { status: 'pulling a', digest: 'a', completed: 40, total: 100, ratio: 0.4 },
      { status: 'pulling a', digest: 'a', completed: 40, total: 100, ratio: 0.4 },
      { status: 'pulling b', digest: 'b', completed: 60, total: 100, ratio: 0.6 },
      { status: 'pulling a', digest: 'a', completed: 100, total: 100, ratio: 1 },
      { status: 'verifying sha256 digest', completed: 100, total: 100, ratio: 1 },
      { status: 'success', completed: 100, total: 100, ratio: 1 },
    ]);
  });

  it('keeps its ratio while a layer that comes late makes the total grow', () => {
    const all = measure([
      layer('a', 80, 60),
      layer('b', 120),
      layer('b', 120, 60),
      layer('b', 120, 120),
    ]);
    expect(all.map(({ total }) => total)).toEqual([80, 200, 200, 200]);
    expect(ratiosOf(all)).toEqual([0.75, 0.75, 0.75, 0.9]);
  });

  it('takes nothing back when a layer starts over', () => {
    const all = measure([layer('a', 100, 70), layer('a', 100), layer('a', 100, 80)]);
    expect(all.map(({ completed }) => completed)).toEqual([70, 70, 80]);
  });

  it('counts bytes without a digest as those of what is being done', () => {
    const all = measure([
      { status: 'quantizing', total: 10, completed: 4 },
      { status: 'copying', total: 10, completed: 5 },
      { status: 'quantizing', total: 10, completed: 9 },
    ]);
    expect(all.at(-1)).toEqual({ status: 'quantizing', completed: 14, total: 20, ratio: 0.7 });
  });

  it('is at 1 at the end, even if there was nothing to count, and never above', () => {
    expect(ratiosOf(measure([{ status: 'writing manifest' }, { status: 'success' }]))).toEqual([
      0, 1,
    ]);
    expect(ratiosOf(measure([layer('a', 10, 12)]))).toEqual([1]);
  });

  it('counts what is not a number of zero or more as nothing', () => {
    const odd = ['80', -5, NaN, Infinity, {}, [], true, null].flatMap((value) => [
      { ...layer('a', 100), completed: value },
      { ...layer('b', 100), total: value, completed: 5 },
    ]) as unknown as ProgressLine[];
    expect(measure([layer('a', 100, 40), ...odd]).at(-1)).toMatchObject({
      completed: 40,
      total: 100,
      ratio: 0.4,
    });
  });

  it('has no digest where the server sends null', () => {
    const line = { status: 'pulling', digest: null } as unknown as ProgressLine;
    expect(measure([line])[0]).not.toHaveProperty('digest');
  });

  it('never goes back, whatever the server says', () => {
    const digest = fc.constantFrom('a', 'b', 'c');
    const line = fc.oneof(
      fc.record({ status: fc.constantFrom('pulling', 'verifying', 'success') }),
      fc.record(
        { status: fc.constant('pulling'), digest, total: fc.nat(100), completed: fc.nat(120) },
        { requiredKeys: ['status', 'digest'] },
      ),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const all = measure(lines);
        for (const key of ['ratio', 'completed', 'total'] as const) {
          const figures = all.map((progress) => progress[key]);
          expect(figures).toEqual(figures.toSorted((a, b) => a - b));
        }
        expect(all.every(({ ratio }) => ratio >= 0 && ratio <= 1)).toBe(true);
      }),
    );
  });
});

describe('toProgressLine', () => {
  it('gives the very line', () => {
    const line = { status: 'pulling', digest: 'a', total: 5, unknown: 1 };
    expect(toProgressLine(line)).toBe(line);
    expect(toProgressLine({ status: 'success', digest: null })).toBeDefined();
  });

  it.each([
    {},
    { status: 5 },
    { status: null },
    { status: 'a', digest: 5 },
    { status: 'a', digest: {} },
  ])('refuses %j', (line) => {
    expect(toProgressLine(line)).toBeUndefined();
  });
});

describe('bytesPerSecond', () => {
  /** The rate at each time, of one layer of which so much had come by then. */
  function rates(points: readonly (readonly [at: number, completed: number])[]) {
    const progress = createProgress();
    return points.map(
      ([at, completed]) => progress.add(layer('a', 1e9, completed), at).bytesPerSecond,
    );
  }

  it('is there as soon as time has passed, and only on lines about bytes', () => {
    const progress = createProgress();
    expect(progress.add(layer('a', 1000), 50)).not.toHaveProperty('bytesPerSecond');
    expect(progress.add(layer('a', 1000, 10), 50)).not.toHaveProperty('bytesPerSecond');
    expect(progress.add(layer('a', 1000, 100), 100)).toHaveProperty('bytesPerSecond', 2000);
    expect(progress.add({ status: 'verifying' }, 200)).not.toHaveProperty('bytesPerSecond');
  });

  it('leaves out what was there before, of a layer that goes on or was complete', () => {
    const progress = createProgress();
    progress.add(layer('a', 1000, 900), 0);
    progress.add(layer('b', 5000, 5000), 50);
    expect(progress.add(layer('a', 1000, 910), 100)).toHaveProperty('bytesPerSecond', 100);
  });

  it('adds up the layers that come at the same time', () => {
    const progress = createProgress();
    progress.add(layer('a', 1000), 0);
    progress.add(layer('b', 1000), 0);
    progress.add(layer('a', 1000, 100), 1000);
    expect(progress.add(layer('b', 1000, 200), 1000)).toHaveProperty('bytesPerSecond', 300);
  });

  it('is over the last three to six seconds', () => {
    const seconds = [0, 1, 2, 3, 4, 5, 6, 7];
    const halted = seconds.map((s) => [s * 1000, Math.min(s, 3) * 1000] as const);
    expect(rates(halted).slice(1)).toEqual([1000, 1000, 1000, 750, 600, 500, 0]);
  });

  it('is that of the last seconds: a change of pace, or a halt, is seen', () => {
    const steady = Array.from({ length: 10 }, (_, s) => [s * 1000, s * 500] as const);
    expect(rates(steady).slice(1)).toEqual(Array(9).fill(500));
    const halted = Array.from({ length: 8 }, (_, s) => [10_000 + s * 1000, 4500] as const);
    expect(rates([...steady, ...halted]).at(-1)).toBe(0);
  });
});
