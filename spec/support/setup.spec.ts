import { describe, expect, it, jest } from '@jest/globals';
import { throwError } from 'rxjs';
import { failOnUnhandledErrors, takeUnhandledErrors } from './setup.js';

const fail = (error: Error) => throwError(() => error).subscribe();

describe('the setup of every test', () => {
  it('fails the test with the very error that no consumer received', async () => {
    const error = new Error('nobody listens');
    fail(error);
    await expect(failOnUnhandledErrors()).rejects.toBe(error);
  });

  it('fails the test with all of them if there are several', async () => {
    const errors = [new Error('one'), new Error('two')];
    errors.forEach(fail);
    await expect(failOnUnhandledErrors()).rejects.toMatchObject({ errors });
  });

  it('finds an error that fake timers would have kept', async () => {
    const error = new Error('nobody listens');
    jest.useFakeTimers();
    fail(error);
    await expect(failOnUnhandledErrors()).rejects.toBe(error);
    expect('clock' in setTimeout).toBe(false);
  });

  it('lets a test take the errors it expects, once', async () => {
    const error = new Error('expected');
    fail(error);
    expect(await takeUnhandledErrors()).toEqual([error]);
    await expect(failOnUnhandledErrors()).resolves.toBeUndefined();
  });
});
