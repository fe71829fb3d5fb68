import { animationFrames, take } from 'rxjs';

/** Emits in the next animation frame, and completes. */
export const nextFrame = () => animationFrames().pipe(take(1));
