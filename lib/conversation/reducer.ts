import type {
  AssistantMessage,
  ChatChunk,
  ChunkMarks,
  IdentifiedToolCall,
  Message,
} from '../types/index.js';
import { freezeState, type ConversationState, type ConversationStatus } from './state.js';
import type { Throughput } from '../core/throughput.js';

/** What a message does that is sent while an answer is under way. */
export type WhileBusy = 'queue' | 'switch' | 'ignore';

/** What has to be under way. Another object means that it is to be done anew. */
export type Job =
  { readonly type: 'load' } | { readonly type: 'ask'; readonly messages: readonly Message[] };

/** A conversation at rest. */
export interface Session {
  readonly state: ConversationState;
  /** Whether the messages include those of the store. */
  readonly loaded: boolean;
  readonly job?: Job | undefined;
}

/** What happens to a conversation. */
export type ConversationAction =
  | { readonly type: 'send'; readonly message: Message; readonly whileBusy: WhileBusy }
  | { readonly type: 'stop' | 'regenerate' | 'clear' | 'end' }
  | { readonly type: 'edit'; readonly index: number; readonly text: string }
  | { readonly type: 'loaded'; readonly messages: readonly Message[] }
  | { readonly type: 'failed' | 'save-failed'; readonly error: unknown }
  | {
      readonly type: 'chunk';
      readonly chunk: ChatChunk & ChunkMarks;
      /** The message so far. */
      readonly message: AssistantMessage;
      readonly metrics: Throughput | undefined;
    }
  | { readonly type: 'call' | 'called'; readonly call: IdentifiedToolCall }
  | {
      readonly type: 'step';
      readonly message: AssistantMessage;
      readonly results: readonly Message[];
    };

/** A conversation before anything has happened to it. */
export function startSession(messages: readonly Message[], hasStore: boolean): Session {
  return hasStore
    ? { state: freezeState({ messages: [], status: 'idle' }), loaded: false, job: { type: 'load' } }
    : { state: freezeState({ messages: messages, status: 'idle' }), loaded: true };
}

/** What becomes of a conversation by what happens to it; the same object if nothing does. */
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
      return begin(session, [...keepPartial(state), message], []);
    }
    case 'regenerate': {
      const index = messages.findLastIndex(({ role }) => role === 'user');
      return index < 0 ? session : begin(session, messages.slice(0, index + 1), queued);
    }
    case 'edit': {
      const { index, text } = action;
      const message = messages[index];
      if (message?.role !== 'user') return session;
      return begin(session, [...messages.slice(0, index), { ...message, content: text }], []);
    }
    case 'stop':
      if (!busy) return session;
      return rest(session, { messages: keepPartial(state), status: 'idle', stopped: true });
    case 'clear':
      return { state: freezeState({ messages: [], status: 'idle' }), loaded: true };
    case 'loaded': {
      const all = [...action.messages, ...messages];
      return {
        state: freezeState({ ...state, messages: all }),
        loaded: true,
        ...(busy && { job: { type: 'ask', messages: all } }),
      };
    }
    case 'failed': {
      const { error } = action;
      return rest(session, { messages: keepPartial(state), status: 'error', error, queued });
    }
    case 'save-failed':
      return change({ error: action.error });
    case 'chunk': {
      const { chunk, message, metrics } = action;
      return change({
        message,
        metrics,
        status: readStatus(chunk) ?? state.status,
        // The request was made again: the calls of the attempt before it are given up.
        ...(chunk.reset && { calls: undefined }),
      });
    }
    case 'call':
      return change({ calls: [...calls, action.call], status: 'calling-tools' });
    case 'called':
      return change({ calls: calls.filter((call) => call !== action.call) });
    case 'step': {
      const all = [...messages, action.message, ...action.results];
      return change({ messages: all, message: undefined, status: 'waiting' });
    }
    case 'end': {
      const { message } = state;
      // A model that was only loaded has said nothing.
      const said = message?.content || message?.thinking ? [message] : [];
      const all = [...messages, ...said];
      if (queued.length) return beginNext(session, all, queued);
      return rest(session, { messages: all, status: 'idle' });
    }
  }
}

/** Whether an answer is under way. */
function isBusy({ state: { status } }: Session): boolean {
  return status !== 'idle' && status !== 'error';
}

/** A turn begins: the model is asked, after the store if need be. */
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

/** A turn is over. */
function rest({ state, loaded, job }: Session, fields: ConversationState): Session {
  const { metrics, error } = state;
  // A store that could not be loaded is loaded again by the next turn.
  const loading = job?.type === 'load' && fields.status !== 'error';
  return {
    // What the store failed with during the turn is still to be seen.
    state: freezeState({ metrics, ...(error !== undefined && { error }), ...fields }),
    loaded,
    job: loading ? job : undefined,
  };
}

/**
 * The messages with what has come of the one that was cut off, if any text has. Its calls are gone:
 * a call without a result is nothing that a model can go on from.
 */
function keepPartial({ messages, message }: ConversationState): readonly Message[] {
  if (!message?.content) return messages;
  const { tool_calls, ...said } = message;
  return [...messages, said];
}

function readStatus({ message }: ChatChunk): ConversationStatus | undefined {
  if (message.tool_calls?.length) return 'calling-tools';
  if (message.content) return 'answering';
  return message.thinking ? 'thinking' : undefined;
}

/** For messages that are the caller's own, which are not to be frozen. */
export function copyMessages(messages: readonly Message[]): readonly Message[] {
  return messages.map((message) => ({ ...message }));
}
