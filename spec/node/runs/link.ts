import type { RunStore } from '../../../lib/node/index.js';
import { createBell } from '../../../lib/node/runs/bell.js';

/** The way from one gateway to the store. */
export interface Link {
  readonly store: RunStore;
  /** Calls fail at once, and so does what is being read. */
  cut(): void;
  /** Calls wait, as those of a process that is paused. */
  pause(): void;
  /** Calls reach the store, also those that wait. */
  restore(): void;
}

/** A link to a store, which a test can cut. */
export function createLink(store: RunStore): Link {
  let state: 'up' | 'down' | 'paused' = 'up';
  const bell = createBell();

  const pass = async (): Promise<void> => {
    while (state === 'paused') await bell.wait(new AbortController().signal);
    if (state === 'down') throw new Error('The store is not reachable.');
  };
  const call =
    <A extends unknown[], R>(method: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await pass();
      const result = await method(...args);
      // The answer is lost, and what was asked for is done.
      await pass();
      return result;
    };
  const iterate = async function* <T>(
    start: (signal: AbortSignal) => AsyncIterable<T>,
    signal: AbortSignal,
  ): AsyncGenerator<T> {
    await pass();
    const inner = new AbortController();
    const isUp = (): boolean => !inner.signal.aborted && state !== 'down';
    const watch = async (): Promise<void> => {
      while (isUp()) await bell.wait(inner.signal);
      inner.abort();
    };
    const stop = (): void => {
      inner.abort();
    };
    signal.addEventListener('abort', stop);
    void watch();
    try {
      if (signal.aborted) return;
      for await (const each of start(inner.signal)) {
        await pass();
        yield each;
      }
      await pass();
    } finally {
      inner.abort();
      signal.removeEventListener('abort', stop);
    }
  };
  const set = (next: typeof state): void => {
    state = next;
    bell.ring();
  };

  return {
    store: {
      create: call(store.create.bind(store)),
      get: call(store.get.bind(store)),
      claim: call(store.claim.bind(store)),
      renew: call(store.renew.bind(store)),
      append: call(store.append.bind(store)),
      read: (id, after, signal) => iterate((inner) => store.read(id, after, inner), signal),
      signal: call(store.signal.bind(store)),
      signals: (signal) => iterate((inner) => store.signals(inner), signal),
      present: call(store.present.bind(store)),
      isPresent: call(store.isPresent.bind(store)),
      expire: call(store.expire.bind(store)),
    },
    cut: () => {
      set('down');
    },
    pause: () => {
      set('paused');
    },
    restore: () => {
      set('up');
    },
  };
}
