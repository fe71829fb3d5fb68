import {
  findDifference,
  findSubscriptionDifference,
  type Frame,
  type MarbleDifference,
  type SubscriptionFrames,
} from './marbleDifference.js';

/** An assertion of a test runner. If the values differ, it throws or returns `false`. */
export type AssertEqual = (actual: unknown, expected: unknown) => unknown;

/**
 * Makes an assertion for `TestScheduler` and for rxjs-marbles that fails with marbles: expected over actual,
 * aligned, and what the letters stand for. The diff of a test runner is a list of frames.
 *
 * _It's like the assertion that you pass in, but its error is drawn in marbles._
 *
 * ```none
 *  The marbles differ at 3 ms.
 *
 *  expected  -a-b-(d|)
 *  actual    -a--b-(d|)
 *               ^
 *
 *  a  answer "Hel"
 *  b  answer "lo"
 *  d  done: stop
 * ```
 *
 * Values are compared by `assertEqual`, so matchers of the test runner work. Equal values have one letter. The
 * chunks of {@link marbleChat} have their letters, a string of one letter stands for itself, and other values
 * are `A`, `B` and so on. The legend describes a chunk by its texts, its tool calls and its marks.
 *
 * - **Times:** what happens at one time stands in one column. `^` marks the first difference. A silence of more
 *   than ten ms in both rows is written as a time.
 * - **Errors:** `#`, with the name and the message in the legend.
 * - **Subscriptions:** `^` and `!`, one pair of rows per subscription.
 * - **Cause:** if two values or two errors differ at the first difference, what `assertEqual` says of these two.
 *
 * With RxJS alone, and `node:assert`:
 *
 * ```ts
 * import { deepStrictEqual } from 'node:assert';
 * import { TestScheduler } from 'rxjs/testing';
 * import { marbleAssertion } from 'rxjs-ollama/testing';
 *
 * const scheduler = new TestScheduler(marbleAssertion(deepStrictEqual));
 * ```
 *
 * With rxjs-marbles, and jest:
 *
 * ```ts
 * import { expect } from '@jest/globals';
 * import { configure } from 'rxjs-marbles/jest';
 * import { marbleAssertion } from 'rxjs-ollama/testing';
 *
 * const { marbles } = configure({
 *   assertDeepEqual: marbleAssertion((actual, expected) => expect(actual).toStrictEqual(expected)),
 *   frameworkMatcher: true,
 * });
 * ```
 *
 * @param assertEqual compares what came with what was expected
 * @see {@link marbleChat}
 */
export function marbleAssertion(
  assertEqual: AssertEqual,
): (actual: unknown, expected: unknown) => void {
  /** Why they differ; `undefined` if they are equal. */
  const findFailure = (actual: unknown, expected: unknown): Failure | undefined => {
    try {
      return assertEqual(actual, expected) === false ? {} : undefined;
    } catch (error) {
      return { error };
    }
  };
  const equals = (actual: unknown, expected: unknown): boolean => !findFailure(actual, expected);

  return (actual, expected) => {
    const failure = findFailure(actual, expected);
    if (!failure) return;
    const difference = compare(actual, expected, equals);
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- what the test runner threw, unchanged
    if (!difference) throw failure.error ?? new Error('The values differ.');
    const { message, values } = difference;
    const cause = values && findFailure(...values)?.error;
    throw cause === undefined ? new Error(message) : new Error(message, { cause });
  };
}

interface Failure {
  readonly error?: unknown;
}

function compare(
  actual: unknown,
  expected: unknown,
  equals: (actual: unknown, expected: unknown) => boolean,
): MarbleDifference | undefined {
  if (!Array.isArray(actual) || !Array.isArray(expected)) return undefined;
  const isList = <T>(key: keyof T & string, list: readonly unknown[]): list is readonly T[] =>
    list.every((item) => typeof item === 'object' && item !== null && key in item);
  if (
    isList<SubscriptionFrames>('subscribedFrame', actual) &&
    isList<SubscriptionFrames>('subscribedFrame', expected)
  ) {
    return findSubscriptionDifference(actual, expected);
  }
  if (isList<Frame>('notification', actual) && isList<Frame>('notification', expected)) {
    return findDifference(actual, expected, equals);
  }
  return undefined;
}
