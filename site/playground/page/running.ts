import { catchError, defer, distinctUntilKeyChanged, filter, map, of, type Observable } from 'rxjs';
import type { Sandbox } from '../createSandbox.js';
import { answer } from './changes.js';
import { exhaustLatest } from './exhaustLatest.js';
import { messageOf } from './messageOf.js';
import type { Change, State } from './state.js';

/** Runs each script that was read, if its code may run. While one runs, only the latest other one waits. */
export const running = (state$: Observable<State>, sandbox: Sandbox): Observable<Change> =>
  state$.pipe(
    distinctUntilKeyChanged('parsed'),
    filter(({ isTrusted }) => isTrusted),
    exhaustLatest(({ opening, script }) =>
      defer(() => sandbox.ask('run', script)).pipe(
        catchError((error: unknown) =>
          of({ id: 0, kind: 'error', message: messageOf(error) } as const),
        ),
        map((reply) => answer(opening, reply)),
      ),
    ),
  );
