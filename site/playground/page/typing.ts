import { connect, debounceTime, map, merge, type OperatorFunction } from 'rxjs';
import type { Script } from '../script.js';
import { read, type } from './changes.js';
import type { Change } from './state.js';

/** Marbles and code are read when nothing was typed for so long. */
const PAUSE_MS = 250;

/** Takes what is typed at once, and reads it when the user pauses. */
export const typing = (): OperatorFunction<Partial<Script>, Change> =>
  connect((fields$) =>
    merge(
      fields$.pipe(map(type)),
      fields$.pipe(
        debounceTime(PAUSE_MS),
        map(() => read),
      ),
    ),
  );
