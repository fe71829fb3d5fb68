import { Subscription, type SchedulerLike } from 'rxjs';
import { presence } from './presence.js';
import type { RunRecord, RunStore } from './runStore.js';
import { callAfter, callEvery } from './timers.js';

/** Looks after a run of another gateway, while it has readers at this one. */
export interface Watch {
  /** A reader came to this gateway; the function is called when it leaves. */
  enter(): () => void;
}

interface WatchOptions {
  readonly id: string;
  readonly store: RunStore;
  readonly grace: number;
  readonly lease: number;
  readonly scheduler: SchedulerLike;
  /** The lease ran out. */
  readonly onOrphan: (record: RunRecord) => Promise<void>;
  /** The run has ended. Its readers read on, to its last frame. */
  readonly onEnded: () => void;
  /** The store has no such run any more. */
  readonly onGone: () => void;
  /** The last reader has left. */
  readonly onClosed: () => void;
}

/** How long a store gets that could not be reached, in ms, and a claim of another gateway. */
const AGAIN_MS = 250;

/** Says that there are readers, and notices that the lease of the run ran out. */
export function createWatch(options: WatchOptions): Watch {
  const { id, store, grace, lease, scheduler, onOrphan, onEnded, onGone, onClosed } = options;
  const watching = new Subscription();
  let readers = 0;

  const { every, lasting } = presence(grace);
  const sayPresent = (): void => {
    store.present(id, lasting).catch(() => undefined);
  };
  let next = Subscription.EMPTY;
  let isLooking = false;
  const lookAfter = (ms: number): void => {
    next = callAfter(ms, scheduler, look);
    watching.add(next);
  };
  const look = (): void => {
    if (isLooking) return;
    isLooking = true;
    next.unsubscribe();
    void ask().then((ms) => {
      isLooking = false;
      if (ms !== undefined && !watching.closed) lookAfter(ms);
    });
  };
  /** Resolves to when to look again, in ms. */
  const ask = async (): Promise<number | undefined> => {
    try {
      const record = await store.get(id);
      if (watching.closed) return undefined;
      if (!record) {
        onGone();
        return undefined;
      }
      if (record.ended) {
        onEnded();
        return lease;
      }
      if (!record.leaseMs) await onOrphan(record);
      return Math.min(lease, record.leaseMs || AGAIN_MS);
    } catch {
      return AGAIN_MS;
    }
  };

  return {
    enter() {
      if (!readers++) {
        sayPresent();
        watching.add(callEvery(every, scheduler, sayPresent));
      }
      // The lease may have been given back since the last look.
      look();
      return () => {
        if (--readers) return;
        watching.unsubscribe();
        // The grace begins now.
        sayPresent();
        onClosed();
      };
    },
  };
}
