import type { SchedulerLike } from 'rxjs';
import { callAfter } from './timers.js';

/** A signal that aborts after so many ms, with another one, or at the end of what needs it. */
export interface TimedSignal {
  readonly signal: AbortSignal;
  end(): void;
}

export function abortAfter(ms: number, scheduler: SchedulerLike, other: AbortSignal): TimedSignal {
  const controller = new AbortController();
  const end = (): void => {
    timer.unsubscribe();
    other.removeEventListener('abort', end);
    controller.abort();
  };
  const timer = callAfter(ms, scheduler, end);
  if (other.aborted) end();
  else other.addEventListener('abort', end);
  return { signal: controller.signal, end };
}
