import type { AnyChatChunk, ChunkMarks } from '../../types/index.js';

/**
 * What a chunk is to the chunks before it:
 *
 * - `'same'`: a further part of the message that they began, or the very first chunk.
 * - `'next'`: the first part of the next message, since the chunk before it was final.
 * - `'again'`: the message was requested again; what came of it so far is void.
 * - `'restart'`: the whole run was requested again; every message so far is void.
 */
export type Boundary = 'same' | 'next' | 'again' | 'restart';

/** Reads the chunks of one subscription in order, and says what each one begins. */
export type BoundaryReader = (chunk: AnyChatChunk & ChunkMarks) => Boundary;

/**
 * Makes a reader for one subscription. Everything that accumulates, buffers, shares, times or counts
 * chunks asks one, and nothing else, where a message begins.
 *
 * A `reset` right after a final chunk voids nothing: the attempt that it replaces had delivered no
 * chunk. `retryChat` marks the other case, an attempt that failed after its final chunk, as a restart.
 */
export function createBoundaryReader(): BoundaryReader {
  let complete = false;
  return ({ reset, restart, done }) => {
    const afterFinal = complete;
    complete = done;
    if (restart) return 'restart';
    if (afterFinal) return 'next';
    return reset ? 'again' : 'same';
  };
}
