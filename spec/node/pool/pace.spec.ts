import { describe, expect, it } from '@jest/globals';
import { createPace } from '../../../lib/node/pool/pace.js';

describe('the pace of a pool', () => {
  it('is unknown until both a load and an answer were measured', () => {
    const pace = createPace();
    expect(pace.loadCost).toBe(0);
    pace.add({ total_duration: 500, load_duration: 10 }, false);
    expect(pace.loadCost).toBe(0);
    pace.add({ total_duration: 3000, load_duration: 1000 }, true);
    expect(pace.loadCost).toBeGreaterThan(0);
  });

  it('is a load in durations of an answer without its load', () => {
    const pace = createPace();
    pace.add({ total_duration: 3000, load_duration: 1000 }, true);
    expect(pace.loadCost).toBe(1000 / 2000);
  });

  it('counts the latest answers most', () => {
    const pace = createPace();
    pace.add({ total_duration: 2000, load_duration: 1000 }, true);
    pace.add({ total_duration: 6000 }, false);
    // The mean went from 1,000 to 2,000.
    expect(pace.loadCost).toBe(0.5);
    for (let n = 0; n < 100; n++) pace.add({ total_duration: 10_000 }, false);
    expect(pace.loadCost).toBeCloseTo(0.1);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['no duration', { total_duration: 0, load_duration: 0 }],
    ['nothing but a load', { total_duration: 5, load_duration: 5 }],
    ['a load that is longer than all', { total_duration: 5, load_duration: 9 }],
    ['a negative load', { total_duration: 5, load_duration: -9 }],
    ['a text', { total_duration: 'long', load_duration: 1 }],
    ['an endless answer', { total_duration: Infinity, load_duration: 1 }],
  ])('is not changed by %s', (_, statistics) => {
    const pace = createPace();
    pace.add({ total_duration: 3000, load_duration: 1000 }, true);
    pace.add(statistics, true);
    expect(pace.loadCost).toBe(0.5);
  });
});
