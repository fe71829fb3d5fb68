import type { SchedulerLike } from 'rxjs';
import { startClock } from '../time.js';

/** Measures one span, so that its times and its metrics agree, also in virtual time. */
export interface Stopwatch {
  /** When it was started. */
  readonly startTime: Date;
  /** The ms since then. */
  readonly elapsed: () => number;
}

/** Starts it now. */
export function startStopwatch(scheduler: SchedulerLike): Stopwatch {
  return { startTime: new Date(scheduler.now()), elapsed: startClock(scheduler) };
}
