import type { Throughput } from '../core/throughput.js';
import type { Approval } from '../tools/approval.js';
import type { Step } from '../tools/step.js';
import type { Message } from '../types/index.js';
import { isSettled } from './activity.js';
import { dropPending, findPending, toEntry, toId, toMessages } from './messages.js';
import type {
  CallActivity,
  ConversationEnding,
  ConversationMessage,
  ConversationState,
  ConversationStatus,
} from './state.js';

/** What has to run. Another object means that it has to run again. */
export type Job = { readonly type: 'load' } | AskJob;

/** A turn: the model is asked, after the calls that have a decision. */
export interface AskJob {
  readonly type: 'ask';
  readonly messages: readonly Message[];
  readonly decisions?: Readonly<Record<string, Approval>>;
}

/** The message that is being streamed with its answered calls and their results, as a request carries it. */
export type CurrentStep = Pick<Step, 'kept'>;

/** A conversation between two actions. */
export interface Session {
  /** The messages that the next request carries. */
  readonly history: readonly ConversationMessage[];
  /** The answer that is being streamed, or that is shown and not sent. */
  readonly current?: ConversationMessage | undefined;
  /** What stays of `current` if it is cut off. */
  readonly step?: CurrentStep | undefined;
  readonly status: ConversationStatus;
  readonly ending?: ConversationEnding | undefined;
  readonly error?: unknown;
  readonly metrics?: Throughput | undefined;
  readonly activity: readonly CallActivity[];
  /** The decisions on calls of a turn that was suspended, until all its calls have one. */
  readonly decisions?: Readonly<Record<string, Approval>>;
  readonly queued: readonly ConversationMessage[];
  /** The number of the next id. Ids of dropped messages are not used again. */
  readonly nextId: number;
  /** Whether the history includes the messages of the store. */
  readonly loaded: boolean;
  readonly job?: Job | undefined;
}

/** A conversation before its first action. */
export function startSession(
  history: readonly ConversationMessage[],
  nextId: number,
  hasStore: boolean,
): Session {
  const start = { status: 'idle', queued: [], nextId } as const;
  return hasStore
    ? { ...start, history: [], activity: [], loaded: false, job: { type: 'load' } }
    : { ...start, history, activity: findPending(history), loaded: true };
}

/** What a session shows: frozen, and without empty fields. */
export function toState(session: Session): ConversationState {
  const { history, current, status, ending, error, metrics, activity, queued } = session;
  return Object.freeze({
    messages: Object.freeze(current ? [...history, current] : history),
    status,
    ...(ending && { ending }),
    ...(error !== undefined && { error }),
    ...(metrics && { metrics: Object.freeze(metrics) }),
    ...(activity.length && { activity: Object.freeze(activity) }),
    ...(queued.length && { queued: Object.freeze(queued) }),
  });
}

/** Whether an answer is under way. */
export function isBusy({ status }: Session): boolean {
  return status !== 'idle' && status !== 'error';
}

/** Begins a turn with these messages: the model is asked, after the store has been loaded. */
export function begin(
  { job, loaded, nextId }: Session,
  history: readonly ConversationMessage[],
  queued: readonly ConversationMessage[],
): Session {
  const load: Job = job?.type === 'load' ? job : { type: 'load' };
  return {
    ...{ history, queued, status: 'waiting', activity: [], nextId, loaded },
    job: loaded ? { type: 'ask', messages: toMessages(history) } : load,
  };
}

/** Begins a turn with the first message of the queue, or again with what there is. */
export function beginNext(session: Session): Session {
  const { history, queued } = session;
  return begin(session, [...history, ...queued.slice(0, 1)], queued.slice(1));
}

/** Ends a turn. */
export function rest(session: Session, fields: Partial<Session>): Session {
  const next = { ...session, ...fields };
  // A store that could not be loaded is loaded again by the next turn.
  const isLoading = session.job?.type === 'load' && next.status !== 'error';
  return { ...next, job: isLoading ? session.job : undefined };
}

/**
 * Moves a step into the history. The answer keeps its id, and results get one.
 *
 * @param kept the answer, and the results of its calls
 */
export function closeStep(
  session: Session,
  [answer, ...results]: readonly Message[],
  ending: ConversationEnding,
): Session {
  const { history, current, nextId } = session;
  if (!answer || !current) return session;
  return {
    ...session,
    history: [
      ...history,
      toEntry(answer, current.id, { ...current, streaming: false, ending }),
      ...results.map((result, place) => toEntry(result, toId(nextId + place))),
    ],
    ...{ current: undefined, step: undefined, nextId: nextId + results.length },
  };
}

/**
 * Closes the current answer as it is: its text, its answered calls and their results go into the history.
 * Thinking alone stays on the screen: as a message it would be empty.
 */
export function closeAnswer(session: Session, ending: ConversationEnding): Session {
  const { current, step } = session;
  if (!current || !step) return session;
  const kept = step.kept();
  if (kept.length) return closeStep(session, kept, ending);
  const { role, content, thinking } = current.message;
  const shown = thinking
    ? toEntry({ role, content, thinking }, current.id, { ...current, streaming: false, ending })
    : undefined;
  return { ...session, current: shown, step: undefined };
}

/** What stays of a turn that is cut off: no call waits, and the history can be sent. */
export function cutOff(session: Session, ending: ConversationEnding): Session {
  const closed = closeAnswer(session, ending);
  return {
    ...closed,
    history: dropPending(closed.history),
    activity: closed.activity.filter(isSettled),
    decisions: {},
  };
}
