import { repeat, tap, type SchedulerLike, type Subscription } from 'rxjs';
import { wait } from '../../time.js';

/** Calls back once after so many ms. */
export function callAfter(ms: number, scheduler: SchedulerLike, act: () => void): Subscription {
  return wait(ms, scheduler).pipe(tap(act)).subscribe();
}

/** Calls back again and again, with so many ms in between. */
export function callEvery(ms: number, scheduler: SchedulerLike, act: () => void): Subscription {
  return wait(ms, scheduler).pipe(tap(act), repeat()).subscribe();
}
