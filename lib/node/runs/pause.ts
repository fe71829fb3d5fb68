import type { SchedulerLike } from 'rxjs';
import { abortAfter } from './abortAfter.js';

/** Resolves after so many ms, or when the signal aborts. */
export function pause(ms: number, scheduler: SchedulerLike, other: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const { signal } = abortAfter(ms, scheduler, other);
    if (signal.aborted) resolve();
    else
      signal.addEventListener('abort', () => {
        resolve();
      });
  });
}
