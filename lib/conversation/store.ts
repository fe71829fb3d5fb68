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
import { copyMessages } from './images.js';
import type { ConversationAction } from './reducer.js';

/** Where a conversation is kept. Both methods may give values, promises and Observables. */
export interface ConversationStore {
  /** The messages that were saved; nothing if there are none. Of several values the first counts. */
  load(): Result<readonly Message[] | null | undefined>;
  /** Replaces what was saved. The next save waits until this one has completed. */
  save(messages: readonly Message[]): Result<unknown>;
}

/** The messages of the store, or else `history`. */
export function loadFrom(
  store: ConversationStore,
  history: readonly Message[],
): Observable<ConversationAction> {
  return defer(() => fromResult(store.load())).pipe(
    // Several may come before the first has been taken in.
    take(1),
    defaultIfEmpty(undefined),
    map((messages) => ({ type: 'loaded', messages: messages ? copyMessages(messages) : history })),
  );
}

/** Saves one after the other, in order. */
export function createSaver(
  store: ConversationStore,
  dispatch: (action: ConversationAction) => void,
): (messages: readonly Message[]) => void {
  const saves$ = new Subject<readonly Message[]>();
  saves$
    .pipe(
      concatMap((messages) =>
        endAfterTeardown(defer(() => fromResult(store.save(messages)))).pipe(
          ignoreElements(),
          catchError((error: unknown) => of<ConversationAction>({ type: 'fault', error })),
        ),
      ),
      tap(dispatch),
    )
    .subscribe();
  return (messages) => {
    saves$.next(messages);
  };
}
