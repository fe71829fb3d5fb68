import type { IdentifiedToolCall } from 'rxjs-ollama';
import {
  EMPTY,
  Subject,
  concatMap,
  defer,
  filter,
  first,
  map,
  merge,
  share,
  using,
  type Observable,
} from 'rxjs';
import type { Screen } from './screen.js';

/** The answers by their keys; Enter agrees. */
const ANSWERS: Readonly<Record<string, boolean>> = { y: true, '\r': true, n: false };

/**
 * Has the user decide by a key whether a tool may be called. Models call several at once; they are
 * asked about one after the other.
 */
export function createApproval(
  screen: Screen,
  key$: Observable<string>,
): (call: IdentifiedToolCall) => Observable<boolean> {
  const call$ = new Subject<IdentifiedToolCall>();
  const decision$ = call$.pipe(
    concatMap((call) =>
      using(
        () => screen.ask(call),
        () => key$,
      ).pipe(
        map((key) => ANSWERS[key.toLowerCase()]),
        first((approved) => approved !== undefined),
        map((approved) => ({ call, approved })),
      ),
    ),
    share(),
  );
  return (asked) =>
    merge(
      decision$.pipe(
        filter(({ call }) => call === asked),
        map(({ approved }) => approved),
      ),
      defer(() => {
        call$.next(asked);
        return EMPTY;
      }),
    );
}
