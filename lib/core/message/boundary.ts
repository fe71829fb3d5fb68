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
  return (chunk) => {
    assertChunk(chunk);
    const { reset, restart, done } = chunk;
    const afterFinal = complete;
    complete = done;
    if (restart) return 'restart';
    if (afterFinal) return 'next';
    return reset ? 'again' : 'same';
  };
}

/** @throws TypeError for a value without a message, such as a text of `answerText` */
export function assertChunk(chunk: { readonly message?: unknown } | null | undefined): void {
  if (typeof chunk?.message === 'object' && chunk.message) return;
  throw new TypeError(
    `The source emitted a value of type ${typeof chunk}, and not a chunk with a message. ` +
      'Place this operator before answerText(), map() and others that emit no chunks.',
  );
}
