import type { ChatChunk } from '../types/index.js';
import { addEvent, changeCall, isSettled, readDecision, type CallEvent } from './activity.js';
import type { ActionOf } from './actions.js';
import { addResult, dropPending, findPending, identify, toEntry, toId } from './messages.js';
import {
  begin,
  beginNext,
  closeAnswer,
  closeStep,
  cutOff,
  isBusy,
  rest,
  type Session,
} from './session.js';
import type { ConversationStatus } from './state.js';

export function takeLoaded(session: Session, action: ActionOf<'loaded'>): Session {
  const { history: sent, queued } = session;
  const { entries, nextId } = identify(action.loaded, [...sent, ...queued], session.nextId);
  // Calls that wait for a decision can't be followed by a message of the user.
  const history = sent.length ? [...dropPending(entries), ...sent] : entries;
  const loaded = { ...session, history, nextId, loaded: true, job: undefined };
  if (isBusy(session)) return begin(loaded, history, queued);
  return { ...loaded, activity: findPending(history) };
}

export function takeChunk(session: Session, action: ActionOf<'chunk'>): Session {
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

export function takeCall(session: Session, { event }: ActionOf<'call'>): Session {
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

export function takeDecision(session: Session, { call, decision }: ActionOf<'decided'>): Session {
  return { ...session, activity: changeCall(session.activity, call, readDecision(decision)) };
}

export function takeStep(
  session: Session,
  { message, results, reason }: ActionOf<'step'>,
): Session {
  return { ...closeStep(session, [message, ...results], reason), status: 'waiting' };
}

/** The turn failed, or the store could not be loaded. */
export function fail(session: Session, { error }: ActionOf<'failed'>): Session {
  const ending = isBusy(session) ? 'error' : undefined;
  return rest(cutOff(session, 'error'), { status: 'error', error, ending });
}

export function end(session: Session, { reason }: ActionOf<'end'>): Session {
  const ended = closeAnswer(session, reason);
  if (ended.queued.length && reason !== 'approval') return beginNext(ended);
  return rest(ended, { status: 'idle', ending: reason });
}

function readStatus({ message }: ChatChunk): ConversationStatus | undefined {
  if (message.tool_calls?.length) return 'calling-tools';
  if (message.content) return 'answering';
  return message.thinking ? 'thinking' : undefined;
}
