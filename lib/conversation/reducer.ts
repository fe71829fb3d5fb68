import type { Boundary } from '../core/message/boundary.js';
import type { Throughput } from '../core/throughput.js';
import { readApproval, type Approval, type Decision } from '../tools/approval.js';
import type { AssistantMessage, ChatChunk, IdentifiedToolCall, Message } from '../types/index.js';
import {
  addEvent,
  changeCall,
  findUndecided,
  isSettled,
  readDecision,
  type CallEvent,
} from './activity.js';
import {
  addResult,
  dropPending,
  findPending,
  identify,
  toEntry,
  toId,
  toMessages,
  type LoadedMessage,
} from './messages.js';
import {
  begin,
  beginNext,
  closeAnswer,
  closeStep,
  cutOff,
  isBusy,
  rest,
  type CurrentStep,
  type Session,
} from './session.js';
import type { ConversationEnding, ConversationStatus } from './state.js';

/** What a message does that is sent during an answer. */
export type WhileBusy = 'queue' | 'switch' | 'ignore';

/** The action of this type. */
export type ActionOf<T extends ConversationAction['type']> = Extract<
  ConversationAction,
  { readonly type: T }
>;

/** What happens to a conversation. */
export type ConversationAction =
  | { readonly type: 'send'; readonly message: Message; readonly whileBusy: WhileBusy }
  | { readonly type: 'stop' | 'regenerate' | 'clear' | 'destroy' }
  | { readonly type: 'edit'; readonly id: string; readonly text: string }
  | { readonly type: 'approve'; readonly callId: string; readonly approval: Approval }
  | { readonly type: 'loaded'; readonly loaded: readonly LoadedMessage[] }
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
      readonly metrics?: Throughput | undefined;
      readonly thinkingMs?: number | undefined;
    }
  | { readonly type: 'call'; readonly event: CallEvent }
  /** `approve` has answered. */
  | {
      readonly type: 'decided';
      readonly call: IdentifiedToolCall;
      readonly decision: Decision;
    }
  | {
      readonly type: 'step';
      readonly message: AssistantMessage;
      readonly results: readonly Message[];
      readonly reason: ConversationEnding;
    }
  | { readonly type: 'end'; readonly reason: ConversationEnding };

/** The conversation after an action; the same object if nothing changes. */
export function advance(session: Session, action: ConversationAction): Session {
  switch (action.type) {
    case 'send':
      return send(session, action);
    case 'stop':
      return isBusy(session) ? stop(session) : session;
    case 'regenerate':
      return regenerate(session);
    case 'edit':
      return edit(session, action);
    case 'approve':
      return decide(session, action);
    case 'clear':
      return {
        ...{ history: [], status: 'idle', activity: [], queued: [], loaded: true },
        nextId: session.nextId,
      };
    case 'destroy':
      return destroy(session);
    case 'loaded':
      return takeLoaded(session, action);
    case 'failed':
      return rest(cutOff(session, 'error'), {
        ...{ status: 'error', error: action.error },
        ending: isBusy(session) ? 'error' : undefined,
      });
    case 'fault':
      return { ...session, error: action.error };
    case 'chunk':
      return takeChunk(session, action);
    case 'call':
      return takeCall(session, action);
    case 'decided': {
      const { call, decision } = action;
      return { ...session, activity: changeCall(session.activity, call, readDecision(decision)) };
    }
    case 'step': {
      const { message, results, reason } = action;
      return { ...closeStep(session, [message, ...results], reason), status: 'waiting' };
    }
    case 'end':
      return end(session, action);
  }
}

function send(session: Session, { message, whileBusy }: ActionOf<'send'>): Session {
  if (isBusy(session) && whileBusy === 'ignore') return session;
  const { queued, nextId } = session;
  const entry = toEntry(message, toId(nextId));
  const sent = { ...session, queued: [...queued, entry], nextId: nextId + 1 };
  if (!isBusy(session)) return beginNext(cutOff(sent, 'stopped'));
  if (whileBusy === 'queue') return sent;
  return beginNext({ ...cutOff(sent, 'stopped'), queued: [entry] });
}

function stop(session: Session): Session {
  const ending = 'stopped';
  return rest(cutOff(session, ending), { status: 'idle', ending, queued: [] });
}

/** Nothing is streaming or waits. */
function destroy(session: Session): Session {
  const stopped = isBusy(session) ? stop(session) : session;
  const activity = stopped.activity.filter(isSettled);
  const isAtRest = !stopped.current && activity.length === stopped.activity.length;
  return isAtRest ? stopped : { ...stopped, activity, current: undefined };
}

function regenerate(session: Session): Session {
  const { history } = cutOff(session, 'stopped');
  // Results stay: a tool that has paid is not asked to pay again.
  const last = history.findLastIndex(({ message: { role } }) => role === 'user' || role === 'tool');
  return last < 0 ? session : begin(session, history.slice(0, last + 1), session.queued);
}

function edit(session: Session, { id, text }: ActionOf<'edit'>): Session {
  const { history } = session;
  const place = history.findIndex((entry) => entry.id === id);
  const message = history[place]?.message;
  if (message?.role !== 'user') return session;
  const edited = toEntry({ ...message, content: text }, id);
  return begin(session, [...history.slice(0, place), edited], []);
}

/**
 * Takes in a decision on a call of a turn that was suspended. When all its calls have one, the turn
 * continues. A turn that is under way takes decisions by itself.
 */
function decide(session: Session, { callId, approval }: ActionOf<'approve'>): Session {
  const undecided = findUndecided(session.activity, callId);
  if (isBusy(session) || !undecided) return session;
  const change = readDecision(readApproval(approval));
  const activity = changeCall(session.activity, undecided.call, change);
  const decisions = { ...session.decisions, [callId]: approval };
  if (activity.some(({ status }) => status === 'approval')) {
    return { ...session, activity, decisions };
  }
  const { history } = session;
  const job = { type: 'ask', messages: toMessages(history), decisions } as const;
  return { ...begin(session, history, session.queued), status: 'calling-tools', activity, job };
}

function takeLoaded(session: Session, action: ActionOf<'loaded'>): Session {
  const { history: sent, queued } = session;
  const { entries, nextId } = identify(action.loaded, [...sent, ...queued], session.nextId);
  // Calls that wait for a decision can't be followed by a message of the user.
  const history = sent.length ? [...dropPending(entries), ...sent] : entries;
  const loaded = { ...session, history, nextId, loaded: true, job: undefined };
  if (isBusy(session)) return begin(loaded, history, queued);
  return { ...loaded, activity: findPending(history) };
}

function takeChunk(session: Session, action: ActionOf<'chunk'>): Session {
  const { chunk, boundary, message, metrics, thinkingMs, step } = action;
  const { current, nextId, activity } = session;
  const id = current?.id ?? toId(nextId);
  return {
    ...session,
    current: toEntry(message, id, {
      streaming: !chunk.done,
      ...(metrics && { metrics: Object.freeze(metrics) }),
      ...(thinkingMs !== undefined && { thinkingMs }),
    }),
    step,
    metrics,
    nextId: current ? nextId : nextId + 1,
    status: readStatus(chunk) ?? session.status,
    // The message was requested again: the calls of the attempt before it are void.
    activity: boundary === 'same' ? activity : activity.filter(({ messageId }) => messageId !== id),
  };
}

function takeCall(session: Session, { event }: ActionOf<'call'>): Session {
  const { activity, current } = session;
  if (event.step) {
    const status = event.type === 'tool-call' ? 'calling-tools' : session.status;
    return { ...session, status, activity: addEvent(activity, event, current?.id ?? '') };
  }
  return takeSuspendedCall(session, event);
}

/** Takes in an event of a call of the turn that was suspended: the history has its message already. */
function takeSuspendedCall(session: Session, event: CallEvent): Session {
  const { activity, history, nextId } = session;
  const { call } = event;
  if (event.type === 'tool-call') {
    const known = activity.find((entry) => entry.call.id === call.id && !isSettled(entry));
    return known ? { ...session, activity: changeCall(activity, known.call, { call }) } : session;
  }
  const changed = { ...session, activity: addEvent(activity, event, '') };
  if (!('text' in event)) return changed;
  const answered = addResult(history, call.id, event.text, toId(nextId));
  const status = findPending(answered).length ? session.status : 'waiting';
  return { ...changed, history: answered, nextId: nextId + 1, status };
}

function end(session: Session, { reason }: ActionOf<'end'>): Session {
  const ended = closeAnswer(session, reason);
  if (ended.queued.length && reason !== 'approval') return beginNext(ended);
  return rest(ended, { status: 'idle', ending: reason });
}

function readStatus({ message }: ChatChunk): ConversationStatus | undefined {
  if (message.tool_calls?.length) return 'calling-tools';
  if (message.content) return 'answering';
  return message.thinking ? 'thinking' : undefined;
}
