/* eslint-disable @typescript-eslint/no-deprecated -- the place in the queue is how RxJS orders what is due at one time */
import { Observable, VirtualAction, type Subscription } from 'rxjs';
import type { InputRun, Line } from './played.js';
import type { Run } from './run.js';

/**
 * A cold Observable that plays a line per subscription, the last one again and again. RxJS's own schedules all
 * values when it is subscribed to, and sorts its queue for each. This one schedules the next value when the one
 * before is due, in the place of the queue that it would have had.
 */
export function scripted(run: Run, lines: readonly Line[], runs: InputRun[]): Observable<never> {
  const { scheduler } = run;
  return new Observable<never>((subscriber) => {
    const line = Math.min(runs.length, lines.length - 1);
    const { events, end } = lines[line] ?? { events: [] };
    const inputRun: InputRun = { from: scheduler.now(), to: Infinity, line };
    runs.push(inputRun);
    const first = scheduler.index + 1;
    scheduler.index += events.length + 1;
    let action: Subscription | undefined;

    const scheduleAt = (n: number): void => {
      const due = n < events.length ? events[n] : end;
      if (!due) return;
      const { index } = scheduler;
      const work = (): void => {
        if (n < events.length) {
          scheduleAt(n + 1);
          subscriber.next(events[n]?.value as never);
        } else if (end && 'error' in end) subscriber.error(end.error);
        else subscriber.complete();
      };
      action = new VirtualAction(scheduler, work, first + n).schedule(
        undefined,
        inputRun.from + due.at - scheduler.now(),
      );
      scheduler.index = Math.max(index, scheduler.index);
    };
    scheduleAt(0);
    return () => {
      inputRun.to = scheduler.now();
      action?.unsubscribe();
    };
  });
}
