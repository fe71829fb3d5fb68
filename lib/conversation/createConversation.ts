import {
  EMPTY,
  ReplaySubject,
  Subject,
  catchError,
  of,
  switchMap,
  tap,
  type Observable,
} from 'rxjs';
import {
  advance,
  copyMessages,
  startSession,
  type ConversationAction,
  type Job,
  type WhileBusy,
} from './reducer.js';
import type { ConversationState } from './state.js';
import type { Message } from '../types/index.js';
import { runTurn, type TurnOptions } from './runTurn.js';
import { createSaver, loadFrom, type ConversationStore } from './store.js';

/** How a conversation is held: fields of the request, of `runTools` and of the client, and these. */
export interface ConversationOptions extends TurnOptions {
  /** The messages to begin with; a store that has some wins. */
  readonly history?: readonly Message[];
  /** Where the messages are loaded from at once, and saved to after each turn. */
  readonly store?: ConversationStore;
  /**
   * What becomes of a message that is sent while an answer is under way: it waits for its turn, or
   * stops that answer, or is ignored.
   * @defaultValue `'queue'`
   */
  readonly whileBusy?: WhileBusy;
}

/** A chat session. */
export interface Conversation {
  /** Emits the current state at once, then each new one; completes with {@link Conversation.destroy}. */
  readonly state$: Observable<ConversationState>;
  /** The current state. */
  readonly state: ConversationState;
  /** Asks the model, unless `whileBusy` says otherwise. */
  send(message: string | Message, options?: { readonly images?: Message['images'] }): void;
  /** Ends the current answer at its server; keeps the text so far, and drops what is queued. */
  stop(): void;
  /** Drops what came after the user's last message, also while it is coming, and asks again. */
  regenerate(): void;
  /**
   * Gives a message of the user another text, drops what follows it, and asks again.
   * @throws RangeError if `messages[index]` is no message of the user
   */
  edit(index: number, text: string): void;
  /** Stops, and forgets all messages, those in the store too. */
  clear(): void;
  /** Ends the current answer at its server, and `state$`; what comes after does nothing. */
  destroy(): void;
}

/**
 * Holds a conversation with a model: the messages so far, the one that is being streamed, what is
 * going on, and methods for what a person may do about it.
 *
 * _It's like a store with one reducer, and a model as its side effect._
 *
 * ```none
 *  send:    -x
 *  model:    --t--a--(d|)    t: thinking  a: text of the answer  d: the final chunk
 *  state$:  iw-t--a--(ai)    i: idle  w: waiting  t: thinking  a: answering
 * ```
 *
 * Each turn is a run of tools over `fromOllamaChat`, `splitThinking` and `bufferForUi`. One request is
 * under way at a time; stop(), clear(), destroy(), regenerate(), edit() and a `'switch'` cancel it in
 * the same frame. A request carries the system's message and the messages as `trim` gives them.
 *
 * An answer that is cut off, by stop(), a `'switch'` or an error, is kept in `messages` if any of its
 * text has come, without calls; else only the error's `partial` has what there was. After an error
 * `send()` goes on and `regenerate()` tries again; what is queued waits for either.
 *
 * The store is loaded when the conversation is made, and requests wait for it. If that fails, the
 * state has the error, the next turn loads again, and nothing is saved before it was loaded. It is
 * saved whenever a turn is over, however it ended; if that fails, `error` says so and the messages stay.
 *
 * ```ts
 * import { createConversation } from 'rxjs-ollama';
 *
 * const conversation = createConversation({ model: 'qwen3', system: 'Answer briefly.' });
 * conversation.state$.subscribe(({ status, message }) => console.log(status, message?.content));
 * conversation.send('Why is the sky blue?');
 * ```
 *
 * @see {@link runTools}, {@link fromOllamaChat}
 */
export function createConversation(options: ConversationOptions): Conversation {
  const { history: given = [], store, whileBusy = 'queue', ...turn } = options;
  const history = copyMessages(given);
  const states$ = new ReplaySubject<ConversationState>(1);
  const jobs$ = new Subject<Job | undefined>();
  const waiting: ConversationAction[] = [];
  let session = startSession(history, Boolean(store));
  let begun: Job | undefined;
  let telling = false;

  const load$ = store ? loadFrom(store, history) : EMPTY;
  const run = (job: Job): Observable<ConversationAction> =>
    job.type === 'load' ? load$ : runTurn(job.messages, turn);
  const running = jobs$
    .pipe(
      switchMap((job) =>
        job
          ? run(job).pipe(
              catchError((error: unknown) => of<ConversationAction>({ type: 'failed', error })),
            )
          : EMPTY,
      ),
      tap(tell),
    )
    .subscribe();
  const save = store && createSaver(store, tell);

  function begin(): void {
    if (session.job === begun) return;
    begun = session.job;
    jobs$.next(begun);
  }

  function apply(action: ConversationAction): void {
    if (running.closed) return;
    const before = session;
    session = advance(before, action);
    const jobOver = before.job !== session.job;
    // The server comes first: who hears that it stopped may look.
    if (jobOver) jobs$.next((begun = undefined));
    if (before.state !== session.state) states$.next(session.state);
    const turnOver = jobOver && before.job?.type === 'ask';
    if (turnOver || action.type === 'clear') save?.(session.state.messages);
  }

  /** What a consumer does on hearing of a state comes after all have heard of it. */
  function tell(action: ConversationAction): void {
    waiting.push(action);
    if (telling) return;
    telling = true;
    for (let next; (next = waiting.shift());) apply(next);
    telling = false;
    begin();
  }

  states$.next(session.state);
  begin();

  return {
    state$: states$.asObservable(),
    get state() {
      return session.state;
    },
    send(given, { images } = {}) {
      const message = typeof given === 'string' ? { role: 'user', content: given } : given;
      tell({ type: 'send', message: { ...message, ...(images && { images }) }, whileBusy });
    },
    stop: () => {
      tell({ type: 'stop' });
    },
    regenerate: () => {
      tell({ type: 'regenerate' });
    },
    edit(index, text) {
      if (session.state.messages[index]?.role !== 'user') {
        throw new RangeError(`Message ${String(index)} is no message of the user.`);
      }
      tell({ type: 'edit', index, text });
    },
    clear: () => {
      tell({ type: 'clear' });
    },
    destroy() {
      running.unsubscribe();
      states$.complete();
    },
  };
}
