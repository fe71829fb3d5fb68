import { filter, from, mergeMap, tap, type Observable } from 'rxjs';
import { withHistory } from '../errors.js';
import type { AssistantMessage, IdentifiedToolCall, Message } from '../types/index.js';
import { readApproval, type Decision } from './approval.js';
import type { Decisions, SuspendedCall, SuspendedTurn } from './decisions.js';
import type { ToolErrorEvent, ToolRunEvent } from './events.js';
import { runCall, type CallContext } from './runCall.js';
import { toResult } from './step.js';
import { toErrorEvent, toToolError } from './toolError.js';

/** What the calls of a suspended turn need to be carried out. */
export interface PendingContext extends Omit<CallContext, 'fail' | 'step' | 'decide'> {
  readonly decisions: Decisions;
  readonly onToolError?: 'tell' | 'throw' | undefined;
}

/** The calls at the end of a history, as they are answered. */
export interface PendingCalls {
  /** Carries out the calls that have a decision. */
  readonly event$: Observable<ToolRunEvent>;
  /** The whole history, with the results so far. */
  messages(): readonly Message[];
  /** The calls that still have no answer. */
  pending(): readonly IdentifiedToolCall[];
}

/** Makes the calls of an earlier run, as far as they are decided. For one subscription. */
export function runPending(
  { before, calls }: SuspendedTurn,
  { decisions, onToolError, ...context }: PendingContext,
): PendingCalls {
  const texts = new Map<string, string>();
  const toMessage = ({ call, sent, result }: SuspendedCall): Message | undefined => {
    const text = texts.get(call.id);
    return text === undefined ? result : toResult(sent, text);
  };
  const messages = (): Message[] => [
    ...before,
    ...calls.map(toMessage).filter((message) => message !== undefined),
  ];
  const fail = (call: IdentifiedToolCall, error: unknown): ToolErrorEvent => {
    if (onToolError !== 'throw') return toErrorEvent(0, call, error);
    throw withHistory(toToolError(call, error, before.at(-1) as AssistantMessage), messages());
  };
  const decide = ({ id }: IdentifiedToolCall): Decision =>
    // An inherited property, such as `__proto__`, is not a decision.
    Object.hasOwn(decisions, id) ? readApproval(decisions[id]) : 'suspend';

  return {
    messages,
    pending: () => calls.filter((entry) => !toMessage(entry)).map(({ call }) => call),
    event$: from(calls).pipe(
      filter(({ result }) => !result),
      mergeMap(({ call }) => runCall(call, { ...context, step: 0, decide, fail })),
      tap((event) => {
        if ('text' in event) texts.set(event.call.id, event.text);
      }),
    ),
  };
}
