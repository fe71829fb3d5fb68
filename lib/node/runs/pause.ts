import type { SchedulerLike } from 'rxjs';
import { callAfter } from './timers.js';

/** Resolves after so many ms, or when the signal aborts. */
export function pause(ms: number, scheduler: SchedulerLike, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.unsubscribe();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = callAfter(ms, scheduler, end);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
