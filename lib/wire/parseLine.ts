import { OllamaProtocolError, OllamaStreamError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { readErrorBody } from './errorBody.js';
import { keepLargeIntegers } from './exactJson.js';
import { excerpt } from './excerpt.js';
import { isMissing, isObject, type Line } from './line.js';

/** What to check after an answer that Ollama would not send. */
export const CHECK_HOST =
  "Is the host an Ollama server's own API, and nothing in between rewriting it?";

/** What a text of a response is called, and what to check if it is not what it should be. */
export interface TextKind {
  readonly name: string;
  readonly word: string;
  readonly check: string;
}

const LINE: TextKind = {
  name: 'A line of the response',
  word: 'line',
  check: CHECK_HOST,
};

/** The message so far, if there is one. */
export type ReadPartial = () => AssistantMessage | undefined;

/**
 * Reads one line as a chunk. An error line, and a line that is not a chunk, are thrown as what they are:
 * no line of a response is skipped.
 *
 * @param toChunk makes a chunk of the line's object; `undefined` if it is not one
 */
export function parseLine<C>(
  text: string,
  toChunk: (line: Line) => C | undefined,
  partial: ReadPartial,
): C {
  const line = parseObject(text, partial);
  const chunk = 'error' in line ? undefined : toChunk(line);
  if (chunk) return chunk;
  throw toLineError(line, text, partial);
}

/**
 * The object of a text of a response.
 *
 * @throws OllamaProtocolError if it is not one
 */
export function parseObject(text: string, partial: ReadPartial, kind = LINE): Line {
  let line: unknown;
  try {
    line = parseJsonLine(text);
  } catch (cause) {
    throw refuse('JSON', text, kind, { cause, partial: partial() });
  }
  if (isObject(line)) return line;
  throw refuse('a chunk', text, kind, { partial: partial() });
}

/** What an object that is not a chunk stands for: the error of an error line, or the error that it is not a chunk. */
export function toLineError(
  line: Line,
  text: string,
  partial: ReadPartial,
  kind = LINE,
): OllamaStreamError | OllamaProtocolError {
  const error = readErrorBody(line);
  if (!error) return refuse('a chunk', text, kind, { partial: partial() });
  const { message, type } = error;
  return new OllamaStreamError(message, line, partial(), { type });
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

/** The error of a text that is not what it should be. */
export function refuse(
  what: string,
  text: string,
  { name, word, check }: TextKind,
  fields: ConstructorParameters<typeof OllamaProtocolError>[2],
): OllamaProtocolError {
  return new OllamaProtocolError(
    `${name} is not ${what}. ${check} The ${word}: ${excerpt(text, 80)}`,
    excerpt(text),
    fields,
  );
}
