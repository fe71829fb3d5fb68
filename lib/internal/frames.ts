import { animationFrames, race, timer, type Observable, type SchedulerLike } from 'rxjs';

/** A frame where there are none, in ms. */
const FRAME_MS = 16;
/** Browsers show a hidden page no frames: then time goes on at this pace, in ms, or at that of slowed timers. */
const HIDDEN_MS = 250;

/** Emits at the browser's next frame, or after 16 ms where there is none and on a given scheduler. */
export function nextFrame(scheduler?: SchedulerLike): Observable<unknown> {
  return (scheduler ?? typeof requestAnimationFrame !== 'function')
    ? timer(FRAME_MS, scheduler)
    : race(animationFrames(), timer(HIDDEN_MS));
}
