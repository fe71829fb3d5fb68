import type { ChatChunk, ChunkMarks, Logprob } from '../types.js';
import { createMessage } from './message.js';
import { omit } from './omit.js';

/** Puts chunks together to the response they are parts of. */
export interface ResponseBuilder<C extends ChatChunk> {
  /** Takes in one chunk and gives the response so far. */
  add(chunk: C & ChunkMarks): C;
}

/** Starts a response. The work per chunk is that of the chunk. */
export function createResponse<C extends ChatChunk>(): ResponseBuilder<C> {
  const message = createMessage();
  let fields = {};
  let logprobs: Logprob[] = [];

  return {
    add(chunk) {
      if (chunk.reset) {
        fields = {};
        logprobs = [];
      }
      message.add(chunk);
      const own = omit(chunk, 'phase', 'reclassify', 'reset', 'merged', 'logprobs');
      fields = { ...fields, ...own };
      const response = {
        ...own,
        ...fields,
        message: { ...omit(chunk.message, 'thinking'), ...message.snapshot() },
      };
      if (chunk.logprobs) logprobs.push(...chunk.logprobs);
      if (logprobs.length) {
        // A copy for each chunk would make the whole quadratic: only who looks pays for one.
        const [all, length] = [logprobs, logprobs.length];
        Object.defineProperty(response, 'logprobs', {
          enumerable: true,
          get: () => all.slice(0, length),
        });
      }
      return response;
    },
  };
}
