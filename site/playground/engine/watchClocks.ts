import { asyncScheduler } from 'rxjs';
import type { Clock } from './played.js';
import { within, type Run } from './run.js';

/** Records the timers of `asyncScheduler`, which is the one that operators have without a scheduler. */
export function watchClocks(run: Run): () => void {
  const { scheduler } = run;
  const before = Object.getOwnPropertyDescriptor(asyncScheduler, 'schedule');
  const schedule = asyncScheduler.schedule.bind(asyncScheduler);
  asyncScheduler.schedule = (work, ms = 0, state) => {
    const stage = run.current;
    const clock: Clock = { from: scheduler.now(), to: Infinity, ms, fired: false };
    const action = schedule<typeof state>(
      function (next) {
        clock.fired = true;
        clock.to = scheduler.now();
        within(run, stage, () => {
          work.call(this, next);
        });
      },
      ms,
      state,
    );
    action.add(() => {
      clock.to = Math.min(clock.to, scheduler.now());
    });
    stage?.clocks.push(clock);
    return action;
  };
  return () => {
    Reflect.deleteProperty(asyncScheduler, 'schedule');
    if (before) Object.defineProperty(asyncScheduler, 'schedule', before);
  };
}
