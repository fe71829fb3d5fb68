import type { ChatChunk } from '../types/index.js';

/** Text in a string of JSON, without anything that is escaped. */
const PLAIN_TEXT = String.raw`[^"\\\0-\x1f]*`;
/** The same with escapes. Any text fits in one way only, so that a failing match takes linear time too. */
const TEXT = String.raw`${PLAIN_TEXT}(?:\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})${PLAIN_TEXT})*`;

/**
 * What nearly all lines of a chat look like: one piece of text, and the fields in the order in which Ollama
 * writes them.
 */
const PLAIN = new RegExp(
  `^{"model":"(${PLAIN_TEXT})","created_at":"(${PLAIN_TEXT})",` +
    `"message":{"role":"assistant","content":"(${TEXT})"(?:,"thinking":"(${TEXT})")?},"done":false}$`,
);

/** For a longer line this is not faster than `JSON.parse`. */
const MAX_LENGTH = 1000;

/**
 * Reads such a line exactly as `JSON.parse` does, in a third of the time, and into objects that V8
 * copies faster; `undefined` for any other line. The pattern is the check: the result is a chunk.
 */
export function parsePlainLine(text: string): ChatChunk | undefined {
  const match = text.length > MAX_LENGTH ? null : PLAIN.exec(text);
  if (!match) return undefined;
  const [, model = '', created_at = '', answer = '', thinking] = match;
  const content = unescapeText(answer);
  const message =
    thinking === undefined
      ? { role: 'assistant', content }
      : { role: 'assistant', content, thinking: unescapeText(thinking) };
  return { model, created_at, message, done: false };
}

/** Few texts have an escape: most are taken as they are. */
function unescapeText(text: string): string {
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}
