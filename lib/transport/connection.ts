import { noop } from 'rxjs';
import { nextTurn } from './nextTurn.js';

/** Responses that end, or ended in this turn of the event loop: their connections are not free yet. */
let ending = 0;

/** Marks that a response is ending. Call the result when its body has been read, or can't be. */
export function startEnding(): () => void {
  ending++;
  return () => {
    // Node's `fetch` returns the connection one turn after the body has ended.
    nextTurn(() => {
      ending--;
    });
  };
}

/**
 * Waits before a request until a consumer that unsubscribes synchronously after it has subscribed, or in the
 * microtask after that, has done so. If a response is ending it waits for a turn, to use its connection.
 */
export function waitForConnection(): Promise<void> {
  if (ending) return new Promise(nextTurn);
  return Promise.resolve().then(noop);
}
