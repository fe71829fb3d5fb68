import type { Subscription } from 'rxjs';

/** How fast a consumer takes what it is sent. */
export interface Pace {
  /** Resolves when the consumer takes more. `undefined` while it does. */
  readonly ready: () => Promise<void> | undefined;
  /** The consumer takes no more for now. */
  readonly hold: () => void;
  /** It does again, or it has left. */
  readonly release: () => void;
}

/**
 * How many bytes are sent ahead to a consumer that takes no more: an answer to each would cost a turn of the
 * event loop.
 */
export const AHEAD_BYTES = 256 * 1024;

export function createPace(): Pace {
  let wake: (() => void) | undefined;
  let waiting: Promise<void> | undefined;
  return {
    ready: () => waiting,
    hold() {
      waiting ??= new Promise((resolve) => {
        wake = resolve;
      });
    },
    release() {
      wake?.();
      wake = waiting = undefined;
    },
  };
}

let current: Pace | undefined;

/**
 * Subscribes for a consumer with a pace. A source that can wait for it asks for {@link paceOfSubscriber} while it
 * is subscribed to. So the pace passes through all operators in between, which know nothing of it.
 */
export function subscribeAtPace(pace: Pace, subscribe: () => Subscription): Subscription {
  const outer = current;
  current = pace;
  try {
    const subscription = subscribe();
    // Nothing waits for a consumer that has left.
    subscription.add(pace.release);
    return subscription;
  } finally {
    current = outer;
  }
}

/** The pace of the consumer that is subscribing right now, if it has one. */
export const paceOfSubscriber = (): Pace | undefined => current;
