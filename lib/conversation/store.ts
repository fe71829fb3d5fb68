import {
  Subject,
  catchError,
  concatMap,
  defaultIfEmpty,
  defer,
  ignoreElements,
  map,
  of,
  take,
  tap,
  type Observable,
} from 'rxjs';
import { endAfterTeardown } from '../transport/endAfterTeardown.js';
import { fromResult } from '../transport/fromReply.js';
import type { Message, Result } from '../types/index.js';
import { copySaved, toMessages, type LoadedMessage, type SavedMessage } from './messages.js';
import type { ConversationAction } from './actions.js';
import type { ConversationMessage } from './state.js';

/** Where a conversation is kept. Both methods may give values, promises and Observables. */
export interface ConversationStore {
  /** What was saved: either of the two lists; nothing if there is none. Of several values the first counts. */
  load(): Result<readonly SavedMessage[] | null | undefined>;
  /**
   * Replaces what was saved. The next save waits until this one has completed.
   *
   * @param messages as requests carry them
   * @param entries the same messages with their ids, speeds and endings
   */
  save(messages: readonly Message[], entries: readonly ConversationMessage[]): Result<unknown>;
}

/** The messages of the store, or else `history`. */
export function loadFrom(
  store: ConversationStore,
  history: readonly LoadedMessage[],
): Observable<ConversationAction> {
  return defer(() => fromResult(store.load())).pipe(
    // Several may come before the first has been taken in.
    take(1),
    defaultIfEmpty(undefined),
    map((saved) => ({ type: 'loaded', loaded: saved ? copySaved(saved) : history })),
  );
}

/** Saves one after the other, in order. */
export function createSaver(
  store: ConversationStore,
  dispatch: (action: ConversationAction) => void,
): (history: readonly ConversationMessage[]) => void {
  const saves$ = new Subject<readonly ConversationMessage[]>();
  saves$
    .pipe(
      concatMap((history) =>
        endAfterTeardown(defer(() => fromResult(store.save(toMessages(history), history)))).pipe(
          ignoreElements(),
          catchError((error: unknown) => of<ConversationAction>({ type: 'fault', error })),
        ),
      ),
      tap(dispatch),
    )
    .subscribe();
  return (history) => {
    saves$.next(history);
  };
}
