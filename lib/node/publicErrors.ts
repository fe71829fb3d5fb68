import type { IdentifiedToolCall } from '../types/index.js';
import { OllamaToolError } from '../errors.js';
import { INTERNAL, toPublicError, type PublicError } from '../wire/chatEvents.js';

/** What the client may know of an error. */
export type ToPublicError = (error: unknown) => PublicError;

/** Makes what the client may know of the errors of a source, and of its tools. */
export interface PublicErrors {
  readonly ofSource: ToPublicError;
  readonly ofCall: (call: IdentifiedToolCall, error: unknown) => PublicError;
}

const TOOL_FAILED = { code: 'tool', message: 'The tool failed.' };

/**
 * By a function of the user, or by the code alone. The function is not trusted to work: what it throws, or
 * returns besides the fields of a {@link PublicError}, reaches no client.
 */
export function createPublicErrors(custom: ToPublicError | undefined): PublicErrors {
  if (!custom) return { ofSource: toPublicError, ofCall: () => TOOL_FAILED };
  const ofSource: ToPublicError = (error) => {
    try {
      return readPublicError(custom(error)) ?? toPublicError(error);
    } catch {
      return toPublicError(error);
    }
  };
  return {
    ofSource,
    ofCall: (call, cause) => {
      const message = `The call to "${call.function.name}" failed.`;
      return ofSource(new OllamaToolError(message, call, { cause }));
    },
  };
}

function readPublicError(made: unknown): PublicError | undefined {
  const { code = INTERNAL, message, retryable } = Object(made) as Partial<PublicError>;
  if (typeof code !== 'string' || typeof message !== 'string') return undefined;
  return { code, message, ...(typeof retryable === 'boolean' && { retryable }) };
}
