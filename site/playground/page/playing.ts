import {
  EMPTY,
  animationFrames,
  distinctUntilChanged,
  map,
  switchMap,
  takeWhile,
  type Observable,
} from 'rxjs';
import { playTo } from './changes.js';
import { timeOf, type Change, type State } from './state.js';

/** A run of a minute is not watched for a minute: it is over after so long. */
const LONGEST_MS = 10_000;
const SLOWEST = 0.12;

/** Goes on from the time that is looked at, or from the beginning if that is the end. */
function playFrom(state: State): Observable<Change> {
  const { end } = state.model;
  const time = timeOf(state);
  const from = time < end ? time : 0;
  const speed = Math.max(SLOWEST, end / LONGEST_MS);
  return animationFrames().pipe(
    map(({ elapsed }) => from + elapsed * speed),
    takeWhile((at) => at < end, true),
    map((at) => playTo(at, end)),
  );
}

/** Moves the time with each animation frame while the page plays. */
export const playing = (state$: Observable<State>): Observable<Change> =>
  state$.pipe(
    distinctUntilChanged((before, after) => before.isPlaying === after.isPlaying),
    switchMap((state) => (state.isPlaying ? playFrom(state) : EMPTY)),
  );
