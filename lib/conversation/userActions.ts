import { readApproval } from '../tools/approval.js';
import { changeCall, findUndecided, isSettled, readDecision } from './activity.js';
import type { ActionOf } from './actions.js';
import { toEntry, toId, toMessages } from './messages.js';
import { begin, beginNext, cutOff, isBusy, rest, type Session } from './session.js';

export function send(session: Session, { message, whileBusy }: ActionOf<'send'>): Session {
  if (isBusy(session) && whileBusy === 'ignore') return session;
  const { queued, nextId } = session;
  const entry = toEntry(message, toId(nextId));
  const sent = { ...session, queued: [...queued, entry], nextId: nextId + 1 };
  if (!isBusy(session)) return beginNext(cutOff(sent, 'stopped'));
  if (whileBusy === 'queue') return sent;
  return beginNext({ ...cutOff(sent, 'stopped'), queued: [entry] });
}

/** Does nothing while nothing is under way. */
export function stop(session: Session): Session {
  if (!isBusy(session)) return session;
  const ending = 'stopped';
  return rest(cutOff(session, ending), { status: 'idle', ending, queued: [] });
}

/** Nothing is streaming or waits. */
export function destroy(session: Session): Session {
  const stopped = stop(session);
  const activity = stopped.activity.filter(isSettled);
  const isAtRest = !stopped.current && activity.length === stopped.activity.length;
  return isAtRest ? stopped : { ...stopped, activity, current: undefined };
}

export function regenerate(session: Session): Session {
  const { history } = cutOff(session, 'stopped');
  // Results stay: a tool that has paid is not asked to pay again.
  const last = history.findLastIndex(({ message: { role } }) => role === 'user' || role === 'tool');
  return last < 0 ? session : begin(session, history.slice(0, last + 1), session.queued);
}

export function edit(session: Session, { id, text }: ActionOf<'edit'>): Session {
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
export function decide(session: Session, { callId, approval }: ActionOf<'approve'>): Session {
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

export function clear({ nextId }: Session): Session {
  return { history: [], status: 'idle', activity: [], queued: [], loaded: true, nextId };
}
