import { VirtualTimeScheduler } from 'rxjs';

/** Time that passes only where a test says so, for what waits for promises too. */
export interface VirtualTime {
  readonly scheduler: VirtualTimeScheduler;
  /** Lets so many ms pass. What a timer starts is waited for before the next timer fires. */
  readonly elapse: (ms: number) => Promise<void>;
}

/** Lets all promises resolve that need no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate);
}

export function createVirtualTime(): VirtualTime {
  const scheduler = new VirtualTimeScheduler();
  return {
    scheduler,
    async elapse(ms) {
      await settle();
      const end = scheduler.frame + ms;
      for (;;) {
        const next = scheduler.actions[0]?.delay;
        if (next === undefined || next > end) break;
        scheduler.maxFrames = next;
        scheduler.flush();
        await settle();
      }
      scheduler.frame = end;
    },
  };
}
