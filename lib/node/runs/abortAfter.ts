import type { SchedulerLike } from 'rxjs';
import { callAfter } from './timers.js';

/** What is aborted after so many ms, or at the end of what needs it. */
export interface TimedAbort {
  readonly controller: AbortController;
  end(): void;
}

export function abortAfter(ms: number, scheduler: SchedulerLike): TimedAbort {
  const controller = new AbortController();
  const end = (): void => {
    timer.unsubscribe();
    controller.abort();
  };
  const timer = callAfter(ms, scheduler, end);
  return { controller, end };
}
