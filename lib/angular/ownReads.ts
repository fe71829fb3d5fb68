import { assertNotInReactiveContext, type Signal } from '@angular/core';

/** Finds a request that depends on its own answer: each chunk would be a new request. */
export interface OwnReads {
  /** The mistake, once it has been found. */
  readonly error: Error | undefined;
  /** Reads the request. A guarded signal that it depends on throws. */
  readRequest<T>(request: () => T): T;
  guard<T>(signal: Signal<T>): Signal<T>;
  /** Notes that the answer has changed the request. A computed signal between them has hidden that from `guard`. */
  report(): Error;
}

const MISTAKE =
  'The request of this chatResource reads a signal of the same chatResource, so each chunk would be a new ' +
  'request. Read it in untracked(), or keep the messages in a signal of your own and add the answer to ' +
  'that when it is complete.';

export function createOwnReads(): OwnReads {
  let reading = false;
  let error: Error | undefined;
  const report = (): Error => (error ??= new Error(MISTAKE));
  return {
    report,
    get error() {
      return error;
    },
    readRequest(request) {
      reading = true;
      try {
        return request();
      } finally {
        reading = false;
      }
    },
    guard(signal) {
      const read = () => {
        if (reading && isReactive()) throw report();
        return signal();
      };
      // What makes it a signal is a field of the function.
      return Object.assign(read, signal);
    },
  };
}

/** Whether a read here is a dependency: it is not inside of `untracked()`. */
function isReactive(): boolean {
  try {
    assertNotInReactiveContext(isReactive);
    return false;
  } catch {
    return true;
  }
}
