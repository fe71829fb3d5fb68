import { OllamaProtocolError, OllamaStreamError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { parsePlainLine, type Line } from './plainLine.js';

const EXCERPT_LENGTH = 1000;

/** What to do about an answer that Ollama would not have given. */
export const CHECK_HOST =
  "Is the host an Ollama server's own API, and nothing in between rewriting it?";

/** As much of a text as an error shows. */
export function excerpt(text: string, length = EXCERPT_LENGTH): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** What the server says in an `error` field: a text mostly, an object behind some proxies. */
export function describeError(error: unknown): string {
  const { message = error } = Object(error) as { message?: unknown };
  const text = typeof message === 'string' ? message : JSON.stringify(error);
  return text || 'The server failed without giving a reason. Its log may say more.';
}

export function isObject(value: unknown): value is Line {
  return typeof value === 'object' && value !== null;
}

/**
 * Reads one line as a chunk. An error line and a line that is no chunk are thrown as what they are:
 * nothing of a response is passed over.
 *
 * @param toChunk makes the line's object a chunk; `undefined` if it is none
 */
export function parseLine<C>(
  text: string,
  toChunk: (line: Line) => C | undefined,
  partial: () => AssistantMessage | undefined,
): C {
  let line: unknown;
  try {
    line = parsePlainLine(text) ?? JSON.parse(text);
  } catch (cause) {
    throw refuse('JSON', text, { cause, partial: partial() });
  }
  if (!isObject(line)) throw refuse('chunk', text, { partial: partial() });
  if ('error' in line) {
    throw new OllamaStreamError(describeError(line['error']), line, partial());
  }
  const chunk = toChunk(line);
  if (!chunk) throw refuse('chunk', text, { partial: partial() });
  return chunk;
}

function refuse(
  kind: string,
  text: string,
  fields: ConstructorParameters<typeof OllamaProtocolError>[2],
): OllamaProtocolError {
  return new OllamaProtocolError(
    `A line of the response is no ${kind}. ${CHECK_HOST} The line: ${excerpt(text, 80)}`,
    excerpt(text),
    fields,
  );
}
