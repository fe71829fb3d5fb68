import {
  EMPTY,
  ReplaySubject,
  Subject,
  catchError,
  of,
  retry,
  switchMap,
  tap,
  type Observable,
} from 'rxjs';
import { endAfterTeardown, readTeardownError } from '../transport/endAfterTeardown.js';
import type { Message } from '../types/index.js';
import { copyMessage, copyMessages } from './images.js';
import {
  advance,
  startSession,
  type ConversationAction,
  type Job,
  type WhileBusy,
} from './reducer.js';
import type { ConversationState } from './state.js';
import { createSaver, loadFrom, type ConversationStore } from './store.js';
import { checkTurnOptions, runTurn, type TurnOptions } from './turn.js';

/** What a conversation needs: fields of the request, of `runTools` and of the client, and these. */
export interface ConversationOptions extends TurnOptions {
  /** The messages to begin with. Messages of a store replace them. */
  readonly history?: readonly Message[] | undefined;
  /** Where the messages are loaded from when the conversation is made, and saved to after each turn. */
  readonly store?: ConversationStore | undefined;
  /**
   * What happens to a message that is sent during an answer: it waits for its turn, or stops that
   * answer, or is ignored.
   * @defaultValue `'queue'`
   */
  readonly whileBusy?: WhileBusy | undefined;
}

/** A chat session. */
export interface Conversation {
  /**
   * Emits the current state to each new subscriber, then each new state. Completes with
   * {@link Conversation.destroy}.
   */
  readonly state$: Observable<ConversationState>;
  /** The current state. */
  readonly state: ConversationState;
  /** Sends a message. During an answer, `whileBusy` says what happens to it. */
  send(message: string | Message, options?: SendOptions): void;
  /** Cancels the current answer, keeps what has come of it, and drops the queue. */
  stop(): void;
  /**
   * Drops the last answer, also while it is streaming, and asks again. Results of tools stay: an answer
   * after them is asked for again with the same results.
   */
  regenerate(): void;
  /**
   * Changes the text of a user's message, drops everything after it, and asks again.
   * @throws RangeError if `messages[index]` is not a message of the user
   */
  edit(index: number, text: string): void;
  /** Cancels the current answer, and drops all messages, also those in the store. */
  clear(): void;
  /** Stops, saves what is kept, and completes `state$`. Later calls of methods do nothing. */
  destroy(): void;
}

/** What a message has besides its text. */
export interface SendOptions {
  /** Images of the message, in place of those that it has. */
  readonly images?: Message['images'] | undefined;
}

/**
 * Creates a chat session: its state is the messages, the one that is being streamed and what the
 * session does, and its methods are what a user may do.
 *
 * _It's like `scan` over the actions of a user, with the model as a side effect._
 *
 * ```none
 *  send:    -x
 *  model:    --t--a--(d|)    t: thinking  a: text of the answer  d: the final chunk
 *  state$:  iw-t--a--(ai)    i: idle  w: waiting  t: thinking  a: answering
 * ```
 *
 * Each turn is a run of tools over `fromOllamaChat`, `splitThinking` and `bufferForUi`. One request runs
 * at a time. stop(), clear(), destroy(), regenerate(), edit() and a `'switch'` cancel it in the same
 * frame. A request has the system's message, and the messages that `trim` returns.
 *
 * When a turn is cut off by stop(), a `'switch'`, destroy() or an error, `messages` keep its text, the
 * calls of tools that have run, and their results. Calls without a result are omitted. Thinking alone
 * is not a message: it stays in `message`, until the next turn. After an error, `send()` continues and
 * `regenerate()` tries again; queued messages wait for either.
 *
 * The store is loaded when the conversation is created, and requests wait for it. If that fails, the
 * state has the error, the next turn loads again, and nothing is saved before. It is saved after each
 * turn, however the turn ended. If that fails, or if a teardown throws, `error` says so and the
 * conversation continues.
 *
 * ```ts
 * import { createConversation } from 'rxjs-ollama';
 *
 * const conversation = createConversation({ model: 'qwen3', system: 'Answer briefly.' });
 * conversation.state$.subscribe(({ status, message }) => console.log(status, message?.content));
 * conversation.send('Why is the sky blue?');
 * ```
 *
 * @throws RangeError or TypeError for an option that a conversation can't work with
 * @see {@link runTools}, {@link fromOllamaChat}
 */
export function createConversation(options: ConversationOptions): Conversation {
  const { history: sent = [], store, whileBusy = 'queue', ...turn } = options;
  checkTurnOptions(turn);
  const history = copyMessages(sent);
  const states$ = new ReplaySubject<ConversationState>(1);
  const jobs$ = new Subject<Job | undefined>();
  const actions: ConversationAction[] = [];
  let session = startSession(history, Boolean(store));
  let current: Job | undefined;
  let starting = false;
  let dispatching = false;
  let destroyed = false;

  const load$ = store ? loadFrom(store, history) : EMPTY;
  const run = (job: Job): Observable<ConversationAction> =>
    endAfterTeardown(job.type === 'load' ? load$ : runTurn(job.messages, turn)).pipe(
      catchError((error: unknown) => of<ConversationAction>({ type: 'failed', error })),
    );
  const running = jobs$
    .pipe(
      switchMap((job) => (job ? run(job) : EMPTY)),
      // The teardown of a job that was cancelled has thrown.
      retry({
        delay: (error: unknown) => {
          dispatch({ type: 'fault', error: readTeardownError(error) });
          return of(true);
        },
      }),
      tap(dispatch),
    )
    .subscribe();
  const save = store && createSaver(store, dispatch);

  /** Starts the job of the session. The loop serves turns that complete synchronously. */
  function start(): void {
    if (starting) return;
    starting = true;
    while (session.job !== current) jobs$.next((current = session.job));
    starting = false;
  }

  function apply(action: ConversationAction): void {
    const before = session;
    session = advance(before, action);
    const jobEnded = before.job !== session.job;
    // The request ends before its end is shown.
    if (jobEnded) jobs$.next((current = undefined));
    if (before.state !== session.state) states$.next(session.state);
    const turnEnded = jobEnded && before.job?.type === 'ask';
    if (turnEnded || action.type === 'clear') save?.(session.state.messages);
    if (action.type === 'destroy') destroyed = true;
  }

  /** Takes in an action. One that a subscriber of a state causes waits until all have that state. */
  function dispatch(action: ConversationAction): void {
    if (running.closed) return;
    actions.push(action);
    if (dispatching) return;
    dispatching = true;
    for (const next of actions) if (!destroyed || next.type === 'fault') apply(next);
    actions.length = 0;
    dispatching = false;
    if (destroyed) {
      running.unsubscribe();
      states$.complete();
    } else start();
  }

  states$.next(session.state);
  start();

  return {
    state$: states$.asObservable(),
    get state() {
      return session.state;
    },
    send(content, { images } = {}) {
      const message = typeof content === 'string' ? { role: 'user', content } : content;
      const copy = copyMessage({ ...message, ...(images && { images }) });
      dispatch({ type: 'send', message: copy, whileBusy });
    },
    stop: () => {
      dispatch({ type: 'stop' });
    },
    regenerate: () => {
      dispatch({ type: 'regenerate' });
    },
    edit(index, text) {
      if (session.state.messages[index]?.role !== 'user') {
        throw new RangeError(`Message ${String(index)} is not a message of the user.`);
      }
      dispatch({ type: 'edit', index, text });
    },
    clear: () => {
      dispatch({ type: 'clear' });
    },
    destroy: () => {
      dispatch({ type: 'destroy' });
    },
  };
}
