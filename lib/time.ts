import {
  NEVER,
  animationFrames,
  asyncScheduler,
  race,
  switchMap,
  timer,
  type Observable,
  type SchedulerLike,
} from 'rxjs';

/** The longest time that one timer can wait: beyond it, every platform fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** An animation frame where there are none, in ms. */
const FRAME_MS = 16;
/** Browsers give a hidden page no animation frames: a timer of so many ms serves it. */
const HIDDEN_MS = 250;

/**
 * Emits once after so many milliseconds, and completes. `Infinity` never emits, and a time beyond what
 * one timer can wait is waited for by several in a row.
 */
export function wait(ms: number, scheduler: SchedulerLike = asyncScheduler): Observable<unknown> {
  if (ms === Infinity) return NEVER;
  if (ms <= MAX_TIMER_MS) return timer(ms, scheduler);
  return timer(MAX_TIMER_MS, scheduler).pipe(switchMap(() => wait(ms - MAX_TIMER_MS, scheduler)));
}

/**
 * Emits at the next animation frame; after 16 ms on a given scheduler, and where there are no frames.
 * Call it at each subscription: whether there are frames depends on the test that is running.
 */
export function nextFrame(scheduler?: SchedulerLike): Observable<unknown> {
  return scheduler || !hasFrames()
    ? timer(FRAME_MS, scheduler)
    : race(animationFrames(), timer(HIDDEN_MS));
}

/** Asks RxJS, which also knows the frames of `animate()` in a test. */
function hasFrames(): boolean {
  let found = true;
  animationFrames()
    .subscribe({
      error: () => {
        found = false;
      },
    })
    .unsubscribe();
  return found;
}

/** @throws RangeError unless it is a number of ms from 0 to `Infinity`, or absent */
export function checkDuration(name: string, ms: number | undefined): void {
  if (ms === undefined || ms >= 0) return;
  throw new RangeError(
    `${name} is ${String(ms)}. Set it to a number of ms from 0 to Infinity, or leave it out.`,
  );
}

/** @throws RangeError unless it is a whole number from 1, `Infinity`, or absent */
export function checkCount(name: string, count: number | undefined): void {
  if (count === undefined || count === Infinity || (Number.isInteger(count) && count >= 1)) return;
  throw new RangeError(
    `${name} is ${String(count)}. Set it to a whole number from 1, or to Infinity.`,
  );
}
