import {
  NEVER,
  animationFrames,
  asyncScheduler,
  concat,
  ignoreElements,
  noop,
  race,
  repeat,
  tap,
  timer,
  type Observable,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';

/** The longest time that one timer can wait. Every platform fires a longer one immediately. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
/** An animation frame where there are none, in ms. */
const FRAME_MS = 16;
/** Browsers give a hidden page no animation frames: a timer of so many ms serves it. */
const HIDDEN_MS = 250;

/**
 * Emits once after `ms` milliseconds, then completes. `Infinity` never emits. A time that is longer than
 * one timer can wait is a chain of timers.
 */
export function wait(ms: number, scheduler: SchedulerLike = asyncScheduler): Observable<unknown> {
  if (ms === Infinity) return NEVER;
  const rest = timer(ms % MAX_TIMER_MS, scheduler);
  const longest = Math.floor(ms / MAX_TIMER_MS);
  if (!longest) return rest;
  return concat(timer(MAX_TIMER_MS, scheduler).pipe(repeat(longest), ignoreElements()), rest);
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

/**
 * Measures the ms since this call. A system clock that is set back adds nothing, so that no time limit
 * moves away with it.
 */
export function startClock(scheduler: SchedulerLike = asyncScheduler): () => number {
  let last = scheduler.now();
  let elapsed = 0;
  return () => {
    const now = scheduler.now();
    elapsed += Math.max(0, now - last);
    last = now;
    return elapsed;
  };
}

/** A limit of time that can start over. */
export interface Timer {
  restart(): void;
  stop(): void;
}

/**
 * A timer that is restarted often. Restarts in one ms share one timer, since in a burst a timer per chunk
 * would cost more than parsing it.
 */
export function createTimer(ms: number, scheduler: SchedulerLike, expire: () => void): Timer {
  if (ms === Infinity) return { restart: noop, stop: noop };
  let running: Subscription | undefined;
  let setAt = 0;
  let isShared = false;

  const set = (): void => {
    setAt = scheduler.now();
    isShared = false;
    running = wait(ms, scheduler)
      .pipe(
        tap(() => {
          // A clock that was set or stands still can't say when the last restart was.
          if (isShared && scheduler.now() - setAt < ms / 2) set();
          else expire();
        }),
      )
      .subscribe();
  };
  const stop = (): void => {
    running?.unsubscribe();
    running = undefined;
  };
  return {
    restart() {
      if (running && scheduler.now() === setAt) {
        isShared = true;
        return;
      }
      stop();
      set();
    },
    stop,
  };
}

/** @throws RangeError unless it is a number of ms from 0 to `Infinity`, or absent */
export function checkDuration(name: string, ms: number | undefined): void {
  if (ms === undefined || (typeof ms === 'number' && ms >= 0)) return;
  throw new RangeError(
    `${name} is ${String(ms)}. Set it to a number of ms from 0 to Infinity, or omit it.`,
  );
}

/** @throws RangeError unless it is a whole number from `least`, `Infinity`, or absent */
export function checkCount(name: string, count: number | undefined, least = 1): void {
  if (count === undefined || count === Infinity) return;
  if (Number.isInteger(count) && count >= least) return;
  throw new RangeError(
    `${name} is ${String(count)}. Set it to a whole number from ${String(least)}, or to Infinity.`,
  );
}

/** @throws TypeError unless it is a scheduler, or absent. RxJS takes another value for a duration. */
export function checkScheduler(scheduler: unknown): void {
  if (scheduler === undefined) return;
  const { now, schedule } = Object(scheduler) as Record<keyof SchedulerLike, unknown>;
  if (typeof now === 'function' && typeof schedule === 'function') return;
  throw new TypeError(
    'scheduler is not a scheduler of RxJS. Set it to one such as asyncScheduler, or omit it.',
  );
}
