import { asyncScheduler, type OperatorFunction } from 'rxjs';
import { STATISTICS } from '../core/message/statistics.js';
import { omit } from '../core/omit.js';
import type { Streamed } from '../tools/events.js';
import { createJoinedMessage } from '../tools/joinedMessage.js';
import type { ChatChunk, ChatFinalChunk } from '../types/index.js';
import { assertStreamed, isChunk } from './streamed.js';
import { translate } from './translate.js';

/** The reason of a final chunk that the server didn't send: the source was stopped. */
const CANCELLED = 'cancelled';

/**
 * A source as one message, which has exactly one final chunk, the last: the clients of Ollama and of OpenAI
 * read no further. A run is joined as by `runMessage`.
 *
 * @param write makes what is emitted of a chunk
 * @param fail makes what is emitted of an error
 */
export function toOneMessage<R>(
  write: (chunk: ChatChunk) => R,
  fail: (error: unknown) => R,
): OperatorFunction<Streamed, R> {
  return translate(
    () => {
      const joined = createJoinedMessage();
      /** If it is final, it is held until it is known whether another message follows. */
      let last: ChatChunk | undefined;

      const add = (chunk: ChatChunk): readonly ChatChunk[] => {
        const before = last?.done ? toDelta(last) : [];
        last = chunk;
        return chunk.done ? before : [...before, chunk];
      };
      return {
        next(value) {
          assertStreamed(value);
          return (isChunk(value) ? [value] : joined.next(value)).flatMap(add);
        },
        complete: () => [toFinal(last)],
        fail: (error) => [{ error }],
      };
    },
    (part: ChatChunk | { readonly error: unknown }) =>
      isChunk(part) ? write(part) : fail(part.error),
  );
}

/** A final chunk that another message follows: as a delta, if it says something. */
function toDelta(final: ChatFinalChunk): readonly ChatChunk[] {
  const { content, thinking, tool_calls: calls } = final.message;
  if (!content && !thinking && !calls?.length) return [];
  return [{ ...omit(final, 'done_reason', ...STATISTICS), done: false }];
}

/** The final chunk of a source whose last chunk this is. */
function toFinal(last: ChatChunk | undefined): ChatFinalChunk {
  const model = last?.model ?? '';
  // Clients parse it as a date.
  const created_at = last?.created_at || new Date(asyncScheduler.now()).toISOString();
  if (last?.done) return { ...last, created_at };
  const message = { role: 'assistant', content: '' };
  return { model, created_at, message, done: true, done_reason: CANCELLED };
}
