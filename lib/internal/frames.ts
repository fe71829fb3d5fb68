import { Subscription, animationFrameScheduler, asyncScheduler, type SchedulerLike } from 'rxjs';

/** A frame where there are none, in ms. */
export const FRAME_MS = 16;
/** Browsers show a hidden page no frames: then time goes on at this pace, in ms. */
const HIDDEN_MS = 250;

/** Does the work once at the next frame, or after 16 ms of the given scheduler's time. */
export function scheduleFrame(work: () => void, scheduler?: SchedulerLike): Subscription {
  if (scheduler ?? typeof requestAnimationFrame !== 'function') {
    return (scheduler ?? asyncScheduler).schedule(work, FRAME_MS);
  }
  const frame = new Subscription();
  const once = (): void => {
    frame.unsubscribe();
    work();
  };
  frame.add(animationFrameScheduler.schedule(once));
  frame.add(asyncScheduler.schedule(once, HIDDEN_MS));
  return frame;
}
