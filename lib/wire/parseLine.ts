import { OllamaProtocolError, OllamaStreamError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { readErrorBody } from './errorBody.js';
import { keepLargeIntegers } from './exactJson.js';
import { excerpt } from './excerpt.js';
import { isMissing, isObject, type Line } from './line.js';

/** What to check after an answer that Ollama would not send. */
export const CHECK_HOST =
  "Is the host an Ollama server's own API, and nothing in between rewriting it?";

/**
 * Reads one line as a chunk. An error line, and a line that is not a chunk, are thrown as what they are:
 * no line of a response is skipped.
 *
 * @param toChunk makes a chunk of the line's object; `undefined` if it is not one
 */
export function parseLine<C>(
  text: string,
  toChunk: (line: Line) => C | undefined,
  partial: () => AssistantMessage | undefined,
): C {
  let line: unknown;
  try {
    line = parseJsonLine(text);
  } catch (cause) {
    throw refuse('JSON', text, { cause, partial: partial() });
  }
  if (!isObject(line)) throw refuse('a chunk', text, { partial: partial() });
  const chunk = 'error' in line ? undefined : toChunk(line);
  if (chunk) return chunk;
  const error = readErrorBody(line);
  if (!error) throw refuse('a chunk', text, { partial: partial() });
  const { message, type } = error;
  throw new OllamaStreamError(message, line, partial(), { type });
}

/** The value of a line. Large integers are kept where they may be arguments of a call. */
function parseJsonLine(text: string): unknown {
  const line: unknown = JSON.parse(text);
  return isObject(line) && hasCalls(line) ? keepLargeIntegers(text, line) : line;
}

/** The calls are in the message, or beside the response of `/api/generate`. */
function hasCalls({ message, tool_calls }: Line): boolean {
  return !isMissing(isObject(message) ? message['tool_calls'] : tool_calls);
}

function refuse(
  kind: string,
  text: string,
  fields: ConstructorParameters<typeof OllamaProtocolError>[2],
): OllamaProtocolError {
  return new OllamaProtocolError(
    `A line of the response is not ${kind}. ${CHECK_HOST} The line: ${excerpt(text, 80)}`,
    excerpt(text),
    fields,
  );
}
