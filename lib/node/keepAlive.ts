import {
  defer,
  endWith,
  filter,
  map,
  mergeWith,
  repeat,
  takeWhile,
  tap,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';
import { startClock, wait } from '../time.js';

const END = Symbol('end');

/** Emits `beat` too, whenever the source has been silent for `ms`. Starts with the source's first value. */
export function keepAlive<T>(
  beat: T,
  ms: number,
  scheduler?: SchedulerLike,
): MonoTypeOperatorFunction<T> {
  return (source) =>
    defer(() => {
      const clock = startClock(scheduler);
      let last: number | undefined;
      const silence = (): number => (last === undefined ? 0 : clock() - last);
      // One timer, however many values there are: when it fires too early, it waits for the rest.
      const beat$ = defer(() => wait(ms - silence(), scheduler)).pipe(
        repeat(),
        filter(() => silence() >= ms),
        map(() => beat),
      );
      return source.pipe(
        endWith(END),
        mergeWith(beat$),
        takeWhile((each): each is T => each !== END),
        tap(() => {
          last = clock();
        }),
      );
    });
}
