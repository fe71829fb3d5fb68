import { describe, expect, it } from '@jest/globals';
import { NEVER, of } from 'rxjs';
import { exhaustLatest } from '../../site/playground/page/exhaustLatest.js';
import { marbles } from '../support/marbles.js';

describe('exhaustLatest', () => {
  it(
    'runs one at a time, and after it the latest of those that came meanwhile',
    marbles((m) => {
      const source = m.hot('-a-b-c------d-|');
      const inner = {
        a: m.cold('           ----x|'),
        b: m.cold('           |'),
        c: m.cold('                ----y|'),
        d: m.cold('                      ----z|'),
      };
      const result = source.pipe(exhaustLatest((sign) => inner[sign as keyof typeof inner]));
      m.expect(result).toBeObservable('-----x----y-----z|');
      m.expect(inner.a).toHaveSubscriptions('-^----!');
      m.expect(inner.b).toHaveSubscriptions([]);
      m.expect(inner.c).toHaveSubscriptions('------^----!');
      m.expect(inner.d).toHaveSubscriptions('------------^----!');
    }),
  );

  it(
    'does so for each subscriber',
    marbles((m) => {
      const result = m.cold('a|').pipe(exhaustLatest(() => m.cold('--x|')));
      m.expect(result).toBeObservable('--x|');
      m.expect(result).toBeObservable('--x|');
    }),
  );

  it('is free again when one is over in the instant in which it began', () => {
    const seen: number[] = [];
    of(1, 2, 3)
      .pipe(exhaustLatest((n) => of(n, n * 10)))
      .subscribe((n) => seen.push(n));
    expect(seen).toEqual([1, 10, 2, 20, 3, 30]);
  });

  it('begins nothing more once it is unsubscribed from', () => {
    const begun: number[] = [];
    of(1, 2)
      .pipe(
        exhaustLatest((n) => {
          begun.push(n);
          return NEVER;
        }),
      )
      .subscribe()
      .unsubscribe();
    expect(begun).toEqual([1]);
  });
});
