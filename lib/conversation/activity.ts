import type { Decision } from '../tools/approval.js';
import type {
  ToolApprovalEvent,
  ToolCallEvent,
  ToolDeniedEvent,
  ToolErrorEvent,
  ToolProgressEvent,
  ToolResultEvent,
  ToolStartEvent,
} from '../tools/events.js';
import type { IdentifiedToolCall } from '../types/index.js';
import type { CallActivity } from './state.js';

/** What happens to a call in a run of tools. */
export type CallEvent =
  | ToolCallEvent
  | ToolApprovalEvent
  | ToolStartEvent
  | ToolProgressEvent
  | ToolResultEvent
  | ToolErrorEvent
  | ToolDeniedEvent;

/** Adds a call, or what has happened to it. */
export function addEvent(
  activity: readonly CallActivity[],
  event: CallEvent,
  messageId: string,
): readonly CallActivity[] {
  const { call } = event;
  if (event.type !== 'tool-call') return changeCall(activity, call, readChange(event));
  return [...activity, Object.freeze({ call, messageId, status: 'waiting' })];
}

/** Changes fields of one call. */
export function changeCall(
  activity: readonly CallActivity[],
  call: IdentifiedToolCall,
  change: Partial<CallActivity>,
): readonly CallActivity[] {
  // The latest calls change most. V8 copies a frozen list much faster by a spread than by `slice`.
  const place = activity.findLastIndex((entry) => entry.call === call);
  const entry = activity[place];
  if (!entry) return activity;
  const changed = [...activity];
  changed[place] = Object.freeze({ ...entry, ...change });
  return changed;
}

/** The last call with this `id` that waits for a decision. Ids can repeat over the steps of a turn. */
export function findUndecided(
  activity: readonly CallActivity[],
  callId: string,
): CallActivity | undefined {
  return activity.findLast(({ call, status }) => status === 'approval' && call.id === callId);
}

/** Whether nothing more can happen to the call. */
export function isSettled({ status }: CallActivity): boolean {
  return status === 'done' || status === 'failed' || status === 'denied';
}

/** What a decision changes. A call that is suspended waits for another one. */
export function readDecision(decision: Decision): Partial<CallActivity> {
  if (decision === 'suspend') return {};
  return decision.approved ? { status: 'waiting' } : { status: 'waiting', reason: decision.reason };
}

function readChange(event: Exclude<CallEvent, ToolCallEvent>): Partial<CallActivity> {
  switch (event.type) {
    case 'tool-approval':
      return { status: 'approval', ...(event.reason && { reason: event.reason }) };
    case 'tool-start':
      return { status: 'running' };
    case 'tool-progress':
      return { progress: event.value };
    case 'tool-result':
      return { status: 'done', result: event.result };
    case 'tool-error':
      return { status: 'failed', error: event.error };
    case 'tool-denied':
      return { status: 'denied' };
  }
}
