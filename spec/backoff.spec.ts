import { describe, expect, it } from '@jest/globals';
import { backoff } from '../lib/backoff.js';

const waits = (wait: (error: unknown, attempt: number) => number): number[] =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => wait(undefined, attempt));

describe('backoff', () => {
  it('doubles up to its limit, at most', () => {
    expect(waits(backoff({ random: () => 1 }))).toEqual([
      500, 1000, 2000, 4000, 8000, 16000, 30000, 30000,
    ]);
    expect(waits(backoff({ initial: 10, max: 50, random: () => 1 }))).toEqual([
      10, 20, 40, 50, 50, 50, 50, 50,
    ]);
  });

  it('waits half of that at least', () => {
    expect(waits(backoff({ initial: 10, max: 50, random: () => 0 }))).toEqual([
      5, 10, 20, 25, 25, 25, 25, 25,
    ]);
  });

  it('is random unless told otherwise, within these limits', () => {
    const wait = backoff({ initial: 100 });
    const seen = Array.from({ length: 50 }, () => wait(undefined, 1));
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...seen)).toBeLessThanOrEqual(100);
    expect(new Set(seen).size).toBeGreaterThan(1);
  });
});
