import { jest } from '@jest/globals';
import { asyncScheduler } from 'rxjs';

/** A timer that ran while a test ran, in ms. */
export interface Clock {
  readonly from: number;
  readonly to: number;
  /** How long it was set to. */
  readonly ms: number;
  /** Whether it ended by itself, and not because it was cancelled. */
  readonly fired: boolean;
}

/** Runs a marble test, and gives the timers of `asyncScheduler` that ran in its virtual time. */
export function recordClocks(test: () => void): readonly Clock[] {
  const clocks: Clock[] = [];
  const schedule = asyncScheduler.schedule.bind(asyncScheduler);
  const spy = jest.spyOn(asyncScheduler, 'schedule').mockImplementation((work, ms = 0, state) => {
    const from = asyncScheduler.now();
    let running = true;
    const stop = (fired: boolean): void => {
      const to = asyncScheduler.now();
      // A timer that ends in the frame in which it starts has no length to draw.
      if (running && to > from) clocks.push({ from, to, ms, fired });
      running = false;
    };
    const action = schedule<typeof state>(
      function (next) {
        stop(true);
        work.call(this, next);
      },
      ms,
      state,
    );
    action.add(() => {
      stop(false);
    });
    return action;
  });
  try {
    test();
  } finally {
    spy.mockRestore();
  }
  return clocks;
}
