import { OllamaToolError } from '../../errors.js';
import type { AssistantMessage, IdentifiedToolCall, ToolCall } from '../../types/index.js';

type Arguments = ToolCall['function']['arguments'];

/**
 * The arguments as an object. Some servers send them as a string, or leave them out when there are
 * none; `undefined` when what they sent is no object.
 */
export function readArguments(given: unknown): Arguments | undefined {
  let read = given ?? {};
  if (typeof read === 'string') {
    try {
      read = (JSON.parse(read || '{}') as unknown) ?? {};
    } catch {
      // It stays a text.
    }
  }
  return typeof read === 'object' && !Array.isArray(read) ? (read as Arguments) : undefined;
}

/** The call with `arguments` made an object where that can be done; the same call if it is one. */
export function repairArguments(call: ToolCall): ToolCall {
  // Without a function there is no name either: readCall tells.
  const given: unknown = (call as Partial<ToolCall>).function?.arguments;
  const read = readArguments(given);
  return read && read !== given
    ? { ...call, function: { ...call.function, arguments: read } }
    : call;
}

/**
 * The call ready to be carried out: `arguments` an object, `id` filled with its place among all calls
 * where the server gave none.
 */
export function readCall(
  call: ToolCall,
  place: number,
  partial: () => AssistantMessage,
): IdentifiedToolCall {
  const repaired = repairArguments(call);
  const { name, arguments: read } = repaired.function;
  if (!name || !readArguments(read)) {
    throw new OllamaToolError(
      `A tool call has no name, or arguments that are no object: ${JSON.stringify(call).slice(0, 200)}`,
      call,
      { partial: partial() },
    );
  }
  return { ...repaired, id: repaired.id || `call_${String(place)}` };
}
