import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCount, readDuration, sumStatistics } from '../../../lib/core/message/statistics.js';
import type { ChatStatistics } from '../../../lib/types/index.js';
import { final } from '../../support/chunks.js';

const figure = fc.nat(1_000_000_000);
const statistics = fc.record(
  {
    total_duration: figure,
    load_duration: figure,
    prompt_eval_count: figure,
    prompt_eval_duration: figure,
    eval_count: figure,
    eval_duration: figure,
  },
  { requiredKeys: [] },
);

const notNumbers = [
  NaN,
  Infinity,
  -Infinity,
  -1,
  2 ** 53,
  '10',
  '',
  null,
  undefined,
  true,
  [5],
  {},
];

describe('readCount', () => {
  it.each([0, 1, 12, Number.MAX_SAFE_INTEGER])('reads %p', (count) => {
    expect(readCount(count)).toBe(count);
  });

  it('reads -0, which JSON can say, as 0', () => {
    expect(readCount(-0)).toBe(0);
    expect(readDuration(-0)).toBe(0);
  });

  it.each([...notNumbers, 1.5])('reads no count in %p', (sent) => {
    expect(readCount(sent)).toBeUndefined();
  });
});

describe('readDuration', () => {
  it.each([0, 1, 1.5, 737_855_362, Number.MAX_SAFE_INTEGER])('reads %p ns', (ns) => {
    expect(readDuration(ns)).toBe(ns / 1e6);
  });

  it.each(notNumbers)('reads no duration in %p', (sent) => {
    expect(readDuration(sent)).toBeUndefined();
  });
});

describe('sumStatistics', () => {
  it('adds figure by figure', () => {
    const one: ChatStatistics = { eval_count: 3, eval_duration: 7, total_duration: 10 };
    const other: ChatStatistics = { eval_count: 4, eval_duration: 5, load_duration: 2 };
    expect(sumStatistics(one, other)).toEqual({
      eval_count: 7,
      eval_duration: 12,
      total_duration: 10,
      load_duration: 2,
    });
    expect(one).toEqual({ eval_count: 3, eval_duration: 7, total_duration: 10 });
  });

  it('takes the figures out of a chunk, and nothing else', () => {
    expect(sumStatistics(final({ eval_count: 3 }))).toEqual({ eval_count: 3 });
    expect(sumStatistics({})).toEqual({});
  });

  it('leaves out what is zero, as the server does', () => {
    expect(sumStatistics({ eval_count: 0 }, { load_duration: 0 })).toEqual({});
  });

  it.each(notNumbers)('leaves out %p', (sent) => {
    const odd = { eval_count: sent, eval_duration: 7 } as ChatStatistics;
    expect(sumStatistics(odd, odd)).toEqual({ eval_duration: 14 });
    expect(sumStatistics(odd, { eval_count: 3 })).toEqual({ eval_count: 3, eval_duration: 7 });
  });

  it('gives the same whatever is added first', () => {
    fc.assert(
      fc.property(statistics, statistics, statistics, (a, b, c) => {
        const sum = sumStatistics(sumStatistics(a, b), c);
        expect(sumStatistics(sumStatistics(c, b), a)).toEqual(sum);
        expect(sumStatistics(sum)).toEqual(sum);
      }),
    );
  });
});
