import {
  EMPTY,
  ReplaySubject,
  Subject,
  catchError,
  defer,
  of,
  retry,
  switchMap,
  tap,
  type Observable,
} from 'rxjs';
import type { Approval } from '../tools/approval.js';
import { endAfterTeardown, readTeardownError } from '../transport/endAfterTeardown.js';
import type { Message } from '../types/index.js';
import { findUndecided } from './activity.js';
import { createApprovals } from './approvals.js';
import { copyMessage } from './images.js';
import { copySaved, identify } from './messages.js';
import { readOptions, type ConversationOptions } from './options.js';
import type { ActionOf, ConversationAction } from './actions.js';
import { advance } from './reducer.js';
import { startSession, toState, type AskJob, type Job, type Session } from './session.js';
import type { ConversationState } from './state.js';
import { createSaver, loadFrom } from './store.js';
import { runTurn, type OnDecision } from './turn.js';

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
   *
   * @param target the `id` of the message, or its index in `messages`
   * @throws RangeError if this is not a message of the user
   */
  edit(target: string | number, text: string): void;
  /**
   * Decides on a call whose `activity` has the status `'approval'`, if the options have no `approve`. Does
   * nothing if no such call waits: it may have been decided already, or stopped.
   */
  approve(callId: string, approval: Approval): void;
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
 * Creates a chat session: its state is the messages with the one that is streaming, the calls of tools,
 * and what the session does. Its methods are what a user may do.
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
 * at a time. stop(), clear(), destroy(), regenerate(), edit() and a `'switch'` cancel it
 * synchronously. A request has the system's message, and the messages that `trim` returns.
 *
 * Options may be a function. It is called when the conversation is created, for `history`, `store` and
 * `whileBusy`, which stay. It is called again for each turn, for all other options. If it throws then, or
 * returns options that a turn can't work with, this is the error of that turn.
 *
 * Each message has an `id`, which stays the same while the message is streaming, complete and edited.
 * Beside an answer stand its speed, how long the model has thought, and why it ended. A message that is
 * complete stays the same object in all states.
 *
 * A call that needs approval is asked for by the callback `approve`, or else waits for the method
 * approve(). If the callback answers `'suspend'`, or if the history ends with calls without a result,
 * the calls wait without a request. When approve() has decided on all of them, the turn continues.
 *
 * stop(), a `'switch'`, destroy() and errors cut a turn off. `messages` keep its text, the calls of tools
 * that have run, and their results. Calls without a result are omitted, and no longer wait for a decision.
 * Thinking alone is shown until the next turn, and is not sent. After an error, `send()`
 * continues and `regenerate()` tries again; queued messages wait for either.
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
 * conversation.state$.subscribe(({ status, messages }) => {
 *   console.log(status, messages.at(-1)?.message.content);
 * });
 * conversation.send('Why is the sky blue?');
 * ```
 *
 * @param options what to ask, and how; or a function that returns it
 * @throws RangeError or TypeError for an option that a conversation can't work with, and what a function
 * throws that gives the options
 * @see {@link runTools}, {@link fromOllamaChat}
 */
export function createConversation(
  options: ConversationOptions | (() => ConversationOptions),
): Conversation {
  const { history: saved, store, whileBusy, readTurn } = readOptions(options);
  const { entries: history, nextId } = identify(copySaved(saved), [], 0);
  const states$ = new ReplaySubject<ConversationState>(1);
  const jobs$ = new Subject<Job | undefined>();
  const actions: ConversationAction[] = [];
  let session = startSession(history, nextId, Boolean(store));
  let state = toState(session);
  let approvals = createApprovals();
  let current: Job | undefined;
  let starting = false;
  let dispatching = false;
  let destroyed = false;

  const load$ = store ? loadFrom(store, history) : EMPTY;
  const ask = (job: AskJob): Observable<ConversationAction> =>
    defer(() => {
      approvals = createApprovals();
      const onDecision: OnDecision = (call, decision) => {
        dispatch({ type: 'decided', call, decision });
      };
      return runTurn(job, readTurn(), approvals.ask, onDecision);
    });
  const run = (job: Job): Observable<ConversationAction> =>
    endAfterTeardown(job.type === 'load' ? load$ : ask(job)).pipe(
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
    if (before !== session) states$.next((state = toState(session)));
    const turnEnded = jobEnded && before.job?.type === 'ask';
    if (turnEnded || action.type === 'clear') save?.(session.history);
    if (action.type === 'approve') decide(before, action);
    if (action.type === 'destroy') destroyed = true;
  }

  /** Passes a decision to the run that waits for it. */
  function decide({ activity }: Session, { callId, approval }: ActionOf<'approve'>): void {
    const undecided = findUndecided(activity, callId);
    if (undecided) approvals.answer(undecided.call, approval);
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

  states$.next(state);
  start();

  return {
    state$: states$.asObservable(),
    get state() {
      return state;
    },
    send(content, { images } = {}) {
      const message = typeof content === 'string' ? { role: 'user', content } : content;
      const copy = copyMessage({ ...message, ...(images && { images }) });
      dispatch({ type: 'send', message: copy, whileBusy });
    },
    stop() {
      dispatch({ type: 'stop' });
    },
    regenerate() {
      dispatch({ type: 'regenerate' });
    },
    edit(target, text) {
      const { messages } = state;
      const entry =
        typeof target === 'number' ? messages[target] : messages.find(({ id }) => id === target);
      if (entry?.message.role !== 'user') {
        throw new RangeError(`Message ${String(target)} is not a message of the user.`);
      }
      dispatch({ type: 'edit', id: entry.id, text });
    },
    approve(callId, approval) {
      dispatch({ type: 'approve', callId, approval });
    },
    clear() {
      dispatch({ type: 'clear' });
    },
    destroy() {
      dispatch({ type: 'destroy' });
    },
  };
}
