import type { CallActivity, CallStatus, ConversationMessage, ToolCall } from 'rxjs-ollama';

/** A call of an earlier turn, of which the history has the result. */
export interface PastCall {
  readonly call: ToolCall;
  readonly status: CallStatus;
  readonly text: string;
}

/**
 * Finds the calls to which the results in a history belong, by the id of the message with the result.
 * Calls of the current turn are not among them: they are shown as they happen.
 */
export function findPastCalls(
  messages: readonly ConversationMessage[],
  current: readonly CallActivity[],
): ReadonlyMap<string, PastCall> {
  const shown = new Set(current.map(({ messageId }) => messageId));
  const past = new Map<string, PastCall>();
  let calls: readonly ToolCall[] = [];
  let isShown = false;
  let place = 0;
  for (const { id, message } of messages) {
    if (message.role !== 'tool') {
      calls = message.tool_calls ?? [];
      isShown = shown.has(id);
      place = 0;
      continue;
    }
    const { tool_call_id: wanted, content } = message;
    const call = calls.find((one) => one.id !== undefined && one.id === wanted) ?? calls[place];
    place++;
    if (call && !isShown) past.set(id, { call, status: readStatus(content), text: content });
  }
  return past;
}

/** What the library sends to a model for a call that failed, or was denied, begins like this. */
function readStatus(text: string): CallStatus {
  if (text.startsWith('Error: ')) return 'failed';
  return text.startsWith('The call was not approved') ? 'denied' : 'done';
}
