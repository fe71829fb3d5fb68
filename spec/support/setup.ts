import { afterAll, afterEach, jest } from '@jest/globals';
import { config } from 'rxjs';

const { setTimeout: realSetTimeout } = globalThis;
const unhandled: unknown[] = [];

config.onUnhandledError = (error) => {
  unhandled.push(error);
};

/** For a test that expects them: the errors so far that no consumer received. */
export async function takeUnhandledErrors(): Promise<unknown[]> {
  // RxJS reports them in a timer, and the test may have put fake timers in place.
  if ('clock' in setTimeout) jest.runOnlyPendingTimers();
  await new Promise((resolve) => realSetTimeout(resolve, 0));
  return unhandled.splice(0);
}

/**
 * Fails the test that has just run with the errors that no consumer received. The turn it waits lets
 * jest see unhandled rejections too, while it still knows whose they are; without it a file of
 * synchronous tests is over by then, and the process is killed.
 */
export async function failOnUnhandledErrors(): Promise<void> {
  const errors = await takeUnhandledErrors();
  jest.useRealTimers();
  if (errors.length > 1) throw new AggregateError(errors, 'Several errors reached no consumer.');
  if (errors.length) throw errors[0];
}

afterEach(failOnUnhandledErrors);
afterAll(failOnUnhandledErrors);
