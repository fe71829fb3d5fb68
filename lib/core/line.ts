import { OllamaProtocolError, OllamaStreamError } from '../errors.js';
import type { AssistantMessage } from '../types.js';

/** The object that one line of a response holds. */
export type Line = Record<string, unknown>;

const EXCERPT_LENGTH = 1000;

/** As much of a text as an error shows. */
export function excerpt(text: string, length = EXCERPT_LENGTH): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** What the server says in an `error` field: a text mostly, an object behind some proxies. */
export function describeError(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message } = Object(error) as { message?: unknown };
  return typeof message === 'string' ? message : JSON.stringify(error);
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
    line = JSON.parse(text);
  } catch (cause) {
    throw new OllamaProtocolError(
      `A line of the response is no JSON: ${excerpt(text, 80)} ` +
        "Is the host an Ollama server's own API, and nothing in between rewriting it?",
      excerpt(text),
      { cause, partial: partial() },
    );
  }
  if (typeof line === 'object' && line !== null) {
    if ('error' in line) {
      throw new OllamaStreamError(describeError(line.error), line as Line & object, partial());
    }
    const chunk = toChunk(line as Line);
    if (chunk) return chunk;
  }
  throw new OllamaProtocolError(
    `A line of the response is no chunk: ${excerpt(text, 80)}`,
    excerpt(text),
    { partial: partial() },
  );
}
