import { createCallReader } from '../core/message/toolCalls.js';
import type { IdentifiedToolCall, Message, ToolCall } from '../types/index.js';
import type { Approval } from './approval.js';

/** Whether calls of an earlier run may be made, by the `id` of the call. */
export type Decisions = Readonly<Record<string, Approval>>;

/** A history that ends with calls that are not answered. */
export interface SuspendedTurn {
  /** The messages up to the one with the calls, which is the last. */
  readonly before: readonly Message[];
  /** The calls of that message, each with its `tool` message if it is answered. */
  readonly calls: readonly SuspendedCall[];
}

export interface SuspendedCall {
  readonly call: IdentifiedToolCall;
  /** The call as it stands in the history. */
  readonly sent: ToolCall;
  readonly result: Message | undefined;
}

/** The unanswered calls at the end of a history; `undefined` if there are none. */
export function findSuspended(messages: readonly Message[]): SuspendedTurn | undefined {
  const end = messages.findLastIndex(({ role }) => role !== 'tool') + 1;
  const last = messages[end - 1];
  if (last?.role !== 'assistant' || !last.tool_calls?.length) return undefined;
  const results = new Map<string, Message[]>();
  for (const message of messages.slice(end).reverse()) {
    const { tool_call_id: id, tool_name: name } = message;
    const key = id ? `id ${id}` : `name ${String(name)}`;
    const same = results.get(key);
    if (same) same.push(message);
    else results.set(key, [message]);
  }
  const calls = readCalls(last).map(({ call, sent }) => ({
    call,
    sent,
    result: results.get(`id ${call.id}`)?.pop() ?? results.get(`name ${call.function.name}`)?.pop(),
  }));
  if (calls.every(({ result }) => result)) return undefined;
  return { before: messages.slice(0, end), calls };
}

/** @throws TypeError if a decision names a call that the history doesn't have */
export function checkDecisions(
  decisions: Decisions | undefined,
  messages: readonly Message[] = [],
): void {
  if (!decisions) return;
  const known = new Set(messages.flatMap(readCalls).map(({ call }) => call.id));
  const unknown = Object.keys(decisions).find((id) => !known.has(id));
  if (unknown === undefined) return;
  throw new TypeError(
    `decisions has the call "${unknown}", which messages don't have. ` +
      "Pass the messages of the run's finish event, and decisions by the ids of its pending calls.",
  );
}

function readCalls({ tool_calls = [] }: Message): Omit<SuspendedCall, 'result'>[] {
  const reader = createCallReader();
  const message = { role: 'assistant', content: '', tool_calls };
  return reader
    .add({ model: '', created_at: '', message, done: false })
    .map((call) => ({ call, sent: reader.sent(call) }));
}
