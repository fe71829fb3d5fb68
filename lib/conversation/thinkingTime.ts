import { createBoundaryReader } from '../core/message/boundary.js';
import type { ChatChunk, ChunkMarks } from '../types/index.js';

/**
 * Measures how long the model thinks: from the first thinking of a message to the first text or call
 * after it, or to its final chunk.
 *
 * Takes the chunks of one subscription, each with the time in ms at which it arrived. Returns the time so
 * far; `undefined` before any thinking.
 */
export function createThinkingTime(): (
  chunk: ChatChunk & ChunkMarks,
  now: number,
) => number | undefined {
  const boundaryOf = createBoundaryReader();
  let firstText: number | undefined;
  let since: number | undefined;
  let thinkingMs: number | undefined;
  let over = false;

  return (chunk, now) => {
    const { thinking, content, tool_calls } = chunk.message;
    if (boundaryOf(chunk) !== 'same') {
      firstText = since = thinkingMs = undefined;
      over = false;
    }
    if (chunk.reclassify) {
      // The answer so far was thinking.
      since ??= firstText;
      over = false;
    }
    if (thinking) since ??= now;
    if (content) firstText ??= now;
    if (since === undefined || over) return thinkingMs;
    thinkingMs = now - since;
    over = Boolean(content || tool_calls?.length || chunk.done);
    return thinkingMs;
  };
}
