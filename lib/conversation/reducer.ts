import type { Boundary } from '../core/message/boundary.js';
import type { Throughput } from '../core/throughput.js';
import type { Step } from '../tools/step.js';
import type { AssistantMessage, ChatChunk, IdentifiedToolCall, Message } from '../types/index.js';
import {
  freezeMessages,
  freezeState,
  type ConversationEnding,
  type ConversationState,
  type ConversationStatus,
} from './state.js';

/** What a message does that is sent during an answer. */
export type WhileBusy = 'queue' | 'switch' | 'ignore';

/** What has to run. Another object means that it has to run again. */
export type Job =
  { readonly type: 'load' } | { readonly type: 'ask'; readonly messages: readonly Message[] };

/** The message that is being streamed with its answered calls and their results, as a request carries it. */
type CurrentStep = Pick<Step, 'kept'>;

/** A conversation between two actions. */
export interface Session {
  readonly state: ConversationState;
  /** Whether the messages include those of the store. */
  readonly loaded: boolean;
  readonly job?: Job | undefined;
  /** The step whose message is being streamed. */
  readonly step?: CurrentStep | undefined;
}

/** What happens to a conversation. */
export type ConversationAction =
  | { readonly type: 'send'; readonly message: Message; readonly whileBusy: WhileBusy }
  | { readonly type: 'stop' | 'regenerate' | 'clear' | 'destroy' }
  | { readonly type: 'edit'; readonly index: number; readonly text: string }
  | { readonly type: 'loaded'; readonly messages: readonly Message[] }
  /** The turn failed. */
  | { readonly type: 'failed'; readonly error: unknown }
  /** Something beside the turn failed: saving, or a teardown. */
  | { readonly type: 'fault'; readonly error: unknown }
  | {
      readonly type: 'chunk';
      readonly chunk: ChatChunk;
      /** What the chunk begins in its step. */
      readonly boundary: Boundary;
      /** The message so far. */
      readonly message: AssistantMessage;
      readonly step: CurrentStep;
      readonly metrics: Throughput | undefined;
    }
  | { readonly type: 'call' | 'called'; readonly call: IdentifiedToolCall }
  | {
      readonly type: 'step';
      readonly message: AssistantMessage;
      readonly results: readonly Message[];
    }
  | { readonly type: 'end'; readonly reason: ConversationEnding };

/** A conversation before its first action. */
export function startSession(messages: readonly Message[], hasStore: boolean): Session {
  return hasStore
    ? { state: freezeState({ messages: [], status: 'idle' }), loaded: false, job: { type: 'load' } }
    : { state: freezeState({ messages, status: 'idle' }), loaded: true };
}

/** The conversation after an action; the same object if nothing changes. */
export function advance(session: Session, action: ConversationAction): Session {
  const { state } = session;
  const { messages, queued = [], calls = [] } = state;
  const busy = isBusy(session);
  const change = (fields: Partial<ConversationState>): Session => ({
    ...session,
    state: freezeState({ ...state, ...fields }),
  });

  switch (action.type) {
    case 'send': {
      const { message } = action;
      const waiting = [...queued, message];
      if (!busy) return beginNext(session, messages, waiting);
      if (action.whileBusy === 'queue') return change({ queued: waiting });
      if (action.whileBusy === 'ignore') return session;
      return begin(session, [...cutOff(session).messages, message], []);
    }
    case 'regenerate': {
      const all = cutOff(session).messages;
      // Results stay: a tool that has paid is not asked to pay again.
      const index = all.findLastIndex(({ role }) => role === 'user' || role === 'tool');
      return index < 0 ? session : begin(session, all.slice(0, index + 1), queued);
    }
    case 'edit': {
      const { index, text } = action;
      const message = messages[index];
      if (message?.role !== 'user') return session;
      return begin(session, [...messages.slice(0, index), { ...message, content: text }], []);
    }
    case 'stop':
      return busy ? stop(session) : session;
    case 'destroy': {
      const { state: stopped } = busy ? stop(session) : session;
      const atRest = stopped.message ? freezeState({ ...stopped, message: undefined }) : stopped;
      return { state: atRest, loaded: session.loaded };
    }
    case 'clear':
      return { state: freezeState({ messages: [], status: 'idle' }), loaded: true };
    case 'loaded': {
      const all = [...freezeMessages(action.messages), ...messages];
      return {
        state: freezeState({ ...state, messages: all }),
        loaded: true,
        ...(busy && { job: { type: 'ask', messages: all } }),
      };
    }
    case 'failed': {
      const { error } = action;
      const ending = busy ? 'error' : undefined;
      return rest(session, { ...cutOff(session), status: 'error', error, queued, ending });
    }
    case 'fault':
      return change({ error: action.error });
    case 'chunk': {
      const { chunk, boundary, message, metrics, step } = action;
      const status = readStatus(chunk) ?? state.status;
      // The message was requested again: the calls of the attempt before it are void.
      const voided = boundary === 'same' ? {} : { calls: undefined };
      return { ...change({ message, metrics, status, ...voided }), step };
    }
    case 'call':
      return change({ calls: [...calls, action.call], status: 'calling-tools' });
    case 'called':
      return change({ calls: calls.filter((call) => call !== action.call) });
    case 'step': {
      const all = [...messages, action.message, ...action.results];
      return {
        ...change({ messages: all, message: undefined, status: 'waiting' }),
        step: undefined,
      };
    }
    case 'end': {
      const ended = cutOff(session);
      if (queued.length) return beginNext(session, ended.messages, queued);
      return rest(session, { ...ended, status: 'idle', ending: action.reason });
    }
  }
}

/** Whether an answer is under way. */
function isBusy({ state: { status } }: Session): boolean {
  return status !== 'idle' && status !== 'error';
}

/** Begins a turn: the model is asked, after the store has been loaded. */
function begin(
  { job, loaded }: Session,
  messages: readonly Message[],
  queued: readonly Message[],
): Session {
  const loading: Job = job?.type === 'load' ? job : { type: 'load' };
  return {
    state: freezeState({ messages, status: 'waiting', queued }),
    loaded,
    job: loaded ? { type: 'ask', messages } : loading,
  };
}

function beginNext(
  session: Session,
  messages: readonly Message[],
  queue: readonly Message[],
): Session {
  return begin(session, [...messages, ...queue.slice(0, 1)], queue.slice(1));
}

/** Ends a turn that is under way, and drops the queue. */
function stop(session: Session): Session {
  const ending = 'stopped';
  return rest(session, { ...cutOff(session), status: 'idle', stopped: true, ending });
}

/** Ends a turn. */
function rest({ state, loaded, job }: Session, fields: ConversationState): Session {
  const { metrics, error } = state;
  // A store that could not be loaded is loaded again by the next turn.
  const loading = job?.type === 'load' && fields.status !== 'error';
  return {
    // An error of the store during the turn stays.
    state: freezeState({ metrics, ...(error !== undefined && { error }), ...fields }),
    loaded,
    job: loading ? job : undefined,
  };
}

/**
 * What stays of a turn that ends here: its text, its answered calls and their results go into the
 * messages. Thinking alone stays on the screen: as a message it would be empty.
 */
function cutOff({
  state: { messages, message },
  step,
}: Session): Pick<ConversationState, 'messages' | 'message'> {
  const kept = freezeMessages(step?.kept() ?? []);
  if (kept.length) return { messages: [...messages, ...kept] };
  if (!message?.thinking) return { messages };
  const { role, content, thinking } = message;
  return { messages, message: { role, content, thinking } };
}

function readStatus({ message }: ChatChunk): ConversationStatus | undefined {
  if (message.tool_calls?.length) return 'calling-tools';
  if (message.content) return 'answering';
  return message.thinking ? 'thinking' : undefined;
}
