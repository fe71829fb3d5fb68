import { OllamaToolError } from '../errors.js';
import type { AssistantMessage, IdentifiedToolCall, ToolCall } from '../types.js';

type Arguments = ToolCall['function']['arguments'];

/**
 * The arguments as an object. Some servers send them as a string, or leave them out when there are
 * none; `undefined` when what they sent is no object.
 */
export function readArguments(value: unknown): Arguments | undefined {
  if (value === undefined || value === null || value === '') return {};
  if (typeof value === 'string') {
    try {
      const parsed: unknown = JSON.parse(value);
      return typeof parsed === 'string' ? undefined : readArguments(parsed);
    } catch {
      return undefined;
    }
  }
  return typeof value === 'object' && !Array.isArray(value) ? (value as Arguments) : undefined;
}

/** The call with `arguments` made an object where that can be done; the same call if it is one. */
export function repairArguments(call: ToolCall): ToolCall {
  const given: unknown = call.function.arguments;
  const read = readArguments(given);
  return read === undefined || read === given
    ? call
    : { ...call, function: { ...call.function, arguments: read } };
}

/**
 * The call ready to be carried out: `arguments` an object, `id` filled with its place in the message
 * where the server gave none.
 */
export function readCall(
  call: ToolCall,
  place: number,
  partial: AssistantMessage,
): IdentifiedToolCall {
  const repaired = repairArguments(call);
  if (!readArguments(repaired.function.arguments)) {
    throw new OllamaToolError(
      `The arguments of the call to ${call.function.name} are no JSON object: ` +
        JSON.stringify(call.function.arguments).slice(0, 200),
      call,
      { partial },
    );
  }
  return { ...repaired, id: repaired.id || `call_${String(place)}` };
}
