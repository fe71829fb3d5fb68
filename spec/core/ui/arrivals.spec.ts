import { describe, expect, it } from '@jest/globals';
import { createArrivals, type Arrivals } from '../../../lib/core/ui/arrivals.js';

/** Three arrivals: up to 2 at 0, up to 5 at 10, up to 9 at 20. */
function createThree(): Arrivals {
  const arrivals = createArrivals();
  arrivals.add(0, 2);
  arrivals.add(10, 5);
  arrivals.add(20, 9);
  return arrivals;
}

const ends = (arrivals: Arrivals) => arrivals.list().map(({ at, end }) => [at, end]);

describe('createArrivals', () => {
  it('knows when text came, and nothing of a time at which none did', () => {
    const arrivals = createThree();
    arrivals.add(30, 9);
    expect(ends(arrivals)).toEqual([
      [0, 2],
      [10, 5],
      [20, 9],
    ]);
  });

  it('has one arrival per time', () => {
    const arrivals = createThree();
    arrivals.add(20, 12);
    expect(ends(arrivals).slice(1)).toEqual([
      [10, 5],
      [20, 12],
    ]);
  });

  it.each([
    [0, 3],
    [1, 3],
    [2, 2],
    [4, 2],
    [5, 1],
    [9, 0],
  ])('forgets what ends at %i or before: %i are kept', (position, count) => {
    const arrivals = createThree();
    arrivals.forget(position);
    expect(arrivals.list()).toHaveLength(count);
    arrivals.add(40, 9);
    expect(arrivals.list()).toHaveLength(count);
  });

  it.each([
    [
      9,
      [
        [0, 2],
        [10, 5],
        [20, 9],
      ],
    ],
    [
      7,
      [
        [0, 2],
        [10, 5],
        [20, 7],
      ],
    ],
    [
      5,
      [
        [0, 2],
        [10, 5],
      ],
    ],
    [1, [[0, 1]]],
    [0, []],
  ])('drops what came after position %i', (position, expected) => {
    const arrivals = createThree();
    arrivals.rewind(position);
    expect(ends(arrivals)).toEqual(expected);
    arrivals.add(30, position + 1);
    expect(ends(arrivals)).toEqual([...expected, [30, position + 1]]);
  });
});
