import { defer, map, type MonoTypeOperatorFunction } from 'rxjs';
import type { Streamed } from '../../tools/events.js';
import type { ChatChunk, ChunkMarks } from '../../types/index.js';
import { isChunk } from '../streamed.js';

/** Marks the first chunk: what an earlier attempt has emitted is void, with all its messages. */
export function markRestart(): MonoTypeOperatorFunction<Streamed> {
  const mark = (chunk: ChatChunk): ChatChunk & ChunkMarks => ({
    ...chunk,
    reset: true,
    restart: true,
  });
  return (source) =>
    defer(() => {
      let isMarked = false;
      return source.pipe(
        map((value) => {
          if (isMarked || !(isChunk(value) || value.type === 'chunk')) return value;
          isMarked = true;
          return isChunk(value) ? mark(value) : { ...value, chunk: mark(value.chunk) };
        }),
      );
    });
}
