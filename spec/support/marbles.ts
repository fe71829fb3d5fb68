import { expect } from '@jest/globals';
import { noop } from 'rxjs';
import { marbles as runMarbles, type Context } from 'rxjs-marbles/jest';

/**
 * `marbles` of rxjs-marbles in run mode, without its two ways to pass in silence: it refuses async
 * callbacks, of which nothing after the first `await` counts, and tests that expect nothing.
 */
export function marbles<A extends unknown[]>(
  test: (m: Context, ...args: A) => void,
): (...args: A) => void {
  const body: (m: Context, ...args: A) => unknown = test;
  return (...args) => {
    const before = expect.getState().assertionCalls;
    const result: unknown = runMarbles((m) => body(m, ...args))();
    if (result instanceof Promise) {
      // The test has failed already: what becomes of the rest of it is of no interest.
      result.catch(noop);
      throw new Error('A marble test is synchronous: virtual time does not wait for promises.');
    }
    if (expect.getState().assertionCalls === before) {
      throw new Error('This marble test expects nothing, so it can only pass.');
    }
  };
}
