import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sumStatistics } from '../../../lib/core/message/statistics.js';
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
