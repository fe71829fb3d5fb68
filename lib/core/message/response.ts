import type {
  AnyChatChunk,
  ChatChunk,
  ChunkMarks,
  ChunkMessage,
  Logprob,
  PhasedChunk,
} from '../../types/index.js';
import { createSetList } from './list.js';
import { createMessage } from './message.js';

/** The chunk's own type, without what `splitThinking` added to it. */
type Unmarked<C extends AnyChatChunk> = C extends PhasedChunk<infer P> ? P : C;

/** Accumulates chunks to the response that they are parts of. */
export interface ResponseBuilder<C extends AnyChatChunk> {
  /** Takes in one chunk and gives the response so far. */
  add(chunk: C & ChunkMarks): Unmarked<C>;
}

/** Fields that are not simply those of the latest chunk: they are accumulated, or marks of operators. */
const SPECIAL = new Set(['logprobs', 'phase', 'reclassify', 'reset', 'restart', 'merged']);
const SPECIAL_IN_MESSAGE = new Set(['thinking', 'tool_calls']);

const setLogprobs = createSetList('logprobs');

/** Starts a response. The work per chunk is that of the chunk. */
export function createResponse<C extends AnyChatChunk = ChatChunk>(): ResponseBuilder<C> {
  const builder = createMessage();
  let fields = {} as C & ChunkMarks;
  let messageFields = {} as ChunkMessage;
  let logprobs: Logprob[] = [];

  return {
    add(chunk) {
      if (builder.add(chunk) !== 'same') {
        fields = {} as C & ChunkMarks;
        messageFields = {} as ChunkMessage;
        logprobs = [];
      }
      assign(fields, chunk, SPECIAL);
      assign(messageFields, chunk.message as ChunkMessage, SPECIAL_IN_MESSAGE);
      const message = builder.writeTo({ ...messageFields });
      // `message` is among the fields already: V8 overwrites a field of a copy much faster than it adds one.
      const response = { ...fields, message };
      for (const each of readLogprobs(chunk)) logprobs.push(each);
      if (logprobs.length) setLogprobs(response, logprobs, chunk.done);
      return response as Unmarked<C>;
    },
  };
}

/** A client of the user's own may send anything. */
function readLogprobs({ logprobs }: AnyChatChunk): readonly Logprob[] {
  return Array.isArray(logprobs) ? (logprobs as readonly Logprob[]) : [];
}

/** Copies fields. V8 is several times faster at this than at rest and spread. */
function assign<T extends object>(to: T, from: T, except: ReadonlySet<string>): void {
  // A field named `__proto__` would set the prototype of `to`, which no copy of `to` takes over.
  for (const key in from) if (!except.has(key)) to[key] = from[key];
}
