import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPacer } from '../../../lib/core/ui/pacer.js';

describe('createPacer', () => {
  it('does what its comment says', () => {
    const pacer = createPacer(50);
    pacer.add(0, 8);
    const first = [10, 20].map((now) => pacer.advance(0, now, 10));
    pacer.add(20, 16);
    const then = [30, 40, 50, 60].map((now) => pacer.advance(0, now, 10));
    expect([...first, ...then]).toEqual([2, 4, 7, 10, 13, 16]);
  });

  it('makes all text due at once with no lag', () => {
    const pacer = createPacer(0);
    pacer.add(0, 8);
    expect(pacer.advance(0, 0, 1)).toBe(8);
    pacer.add(5, 9);
    expect(pacer.advance(8, 5, 1)).toBe(9);
  });

  it('makes one character due per emission without a limit', () => {
    const pacer = createPacer(Infinity);
    pacer.add(0, 100);
    expect([0, 1, 5].map((shown) => pacer.advance(shown, 1e9, 16))).toEqual([1, 2, 6]);
  });

  it('makes due at once what is late already', () => {
    const pacer = createPacer(50);
    pacer.add(0, 8);
    expect(pacer.advance(0, 1000, 10)).toBe(8);
  });

  it('has nothing due of text that is void', () => {
    const pacer = createPacer(50);
    pacer.add(0, 8);
    expect(pacer.advance(0, 10, 10)).toBe(2);
    pacer.rewind(1);
    expect(pacer.advance(1, 20, 10)).toBe(1);
    pacer.add(20, 5);
    expect(pacer.advance(1, 30, 10)).toBe(2);
  });

  it('has all text due in time, and never goes back, whatever comes when', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat({ max: 50 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 300 }), (list, maxLag) => {
        const pacer = createPacer(maxLag);
        const came: { at: number; end: number }[] = [];
        let now = 0;
        let end = 0;
        let due = 0;
        for (const [step, length] of list) {
          const at = now;
          now += step;
          end += length;
          came.push({ at, end });
          pacer.add(at, end);
          const next = pacer.advance(due, now, step);
          expect(next).toBeGreaterThanOrEqual(due);
          expect(next).toBeLessThan(end + 1e-6);
          due = next;
          // At the next emission, a step later, it would be late.
          const late = came.filter((each) => each.at + maxLag < now + step);
          expect(due).toBeGreaterThan((late.at(-1)?.end ?? 0) - 1e-6);
        }
      }),
    );
  });
});
