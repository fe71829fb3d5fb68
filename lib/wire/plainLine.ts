import type { ChatChunk } from '../types/index.js';

/**
 * What nearly all lines of a chat look like: one piece of text, the fields in the order in which Ollama
 * writes them, and nothing in it that JSON would escape.
 */
const PLAIN =
  // eslint-disable-next-line no-control-regex -- JSON allows none of these in a string.
  /^\{"model":"([^"\\\0-\x1f]*)","created_at":"([^"\\\0-\x1f]*)","message":\{"role":"assistant","content":"([^"\\\0-\x1f]*)"(?:,"thinking":"([^"\\\0-\x1f]*)")?\},"done":false\}$/;

/** For a longer line this is not faster than `JSON.parse`. */
const MAX_LENGTH = 1000;

/**
 * Reads such a line exactly as `JSON.parse` does, in a quarter of the time, and into objects that V8
 * copies faster; `undefined` for any other line. The pattern is the check: the result is a chunk.
 */
export function parsePlainLine(text: string): ChatChunk | undefined {
  const match = text.length > MAX_LENGTH ? null : PLAIN.exec(text);
  if (!match) return undefined;
  const [, model = '', created_at = '', content = '', thinking] = match;
  const message =
    thinking === undefined
      ? { role: 'assistant', content }
      : { role: 'assistant', content, thinking };
  return { model, created_at, message, done: false };
}
