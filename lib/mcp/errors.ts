import { OllamaConnectionError, OllamaProtocolError, OllamaToolError } from '../errors.js';
import type { ToolCall } from '../types/index.js';
import { excerpt } from '../wire/excerpt.js';
import { cutText } from './readResult.js';

/** What the client says if the server ended, or was never connected. A server's own errors have other texts. */
const CLOSED = /^(?:MCP error -32000: )?(?:Connection closed|Not connected)$/;

/** Why a call has failed: the connection, or what the server says. */
export function toCallError(cause: unknown, name: string, call: ToolCall): Error {
  const message = toMessage(cause);
  return CLOSED.test(message)
    ? toConnectionError(`The call to the MCP tool "${name}" was cut off.`, cause)
    : new OllamaToolError(cutText(message), call, { cause });
}

/** Why tools can't be listed. */
export function toListError(cause: unknown): Error {
  const message = toMessage(cause);
  return CLOSED.test(message)
    ? toConnectionError('The tools of the MCP server could not be listed.', cause)
    : new OllamaProtocolError(`The MCP server did not list its tools: ${excerpt(message)}`, '', {
        cause,
      });
}

function toConnectionError(what: string, cause: unknown): OllamaConnectionError {
  const advice = 'The connection to the server is closed. Connect the client again.';
  return new OllamaConnectionError(`${what} ${advice}`, { cause });
}

function toMessage(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
