import { expect } from '@jest/globals';
import { noop } from 'rxjs';
import { configure, type Context } from 'rxjs-marbles/jest';
import { marbleAssertion } from '../../lib/testing/marbleAssertion.js';

const { marbles: runMarbles } = configure({
  assertDeepEqual: marbleAssertion((actual, expected) => {
    expect(actual).toStrictEqual(expected);
  }),
  frameworkMatcher: true,
});

/**
 * `marbles` of rxjs-marbles in run mode. Its failures are drawn in marbles. Two tests that would pass silently
 * fail: one with an async callback, of which nothing after the first `await` counts, and one that expects
 * nothing.
 */
export function marbles<A extends unknown[]>(
  test: (m: Context, ...args: A) => void,
): (...args: A) => void {
  const body: (m: Context, ...args: A) => unknown = test;
  return (...args) => {
    const before = expect.getState().assertionCalls;
    const result: unknown = runMarbles((m) => body(m, ...args))();
    if (result instanceof Promise) {
      // The test fails below, whatever the rest of it does.
      result.catch(noop);
      throw new Error('A marble test is synchronous: virtual time does not wait for promises.');
    }
    if (expect.getState().assertionCalls === before) {
      throw new Error('This marble test expects nothing, so it can only pass.');
    }
  };
}
