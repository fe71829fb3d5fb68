import { OllamaToolError } from '../errors.js';
import type { AssistantMessage, IdentifiedToolCall } from '../types/index.js';
import type { ToolErrorEvent } from './events.js';

/** The event of a call that failed, with what the model is sent. */
export function toErrorEvent(
  step: number,
  call: IdentifiedToolCall,
  error: unknown,
): ToolErrorEvent {
  return { type: 'tool-error', step, call, error, text: `Error: ${toReason(error)}` };
}

/** The error of a run that ends with a call that failed. */
export function toToolError(
  call: IdentifiedToolCall,
  cause: unknown,
  partial: AssistantMessage,
): OllamaToolError {
  const message = `The call to "${call.function.name}" failed. ${toReason(cause)}`;
  return new OllamaToolError(message, call, { cause, partial });
}

/** What an error says. A tool can throw anything, also what can't be made a string. */
function toReason(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'The tool failed.';
  }
}
