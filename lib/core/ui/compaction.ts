import type { AnyChatChunk, ChunkMarks } from '../../types/index.js';
import { createBoundaryReader } from '../message/boundary.js';
import { startGroup, type ChunkGroup } from './chunkGroup.js';

/** All chunks so far, in as few as possible. */
export interface Compaction<C extends AnyChatChunk> {
  /** Takes in a chunk. The cost doesn't depend on how many there were. */
  add(chunk: C): void;
  /** What accumulates the same as all chunks so far: one chunk per phase. */
  chunks(): readonly C[];
}

/** Starts with no chunk. A chunk that voids others drops them. */
export function createCompaction<C extends AnyChatChunk & ChunkMarks>(): Compaction<C> {
  const boundaryOf = createBoundaryReader();
  const groups: ChunkGroup<C>[] = [];
  /** The index of the first group of the current message. */
  let start = 0;

  return {
    add(chunk) {
      const begins = boundaryOf(chunk);
      if (begins === 'next') start = groups.length;
      if (begins === 'restart') start = 0;
      if (begins === 'again' || begins === 'restart') groups.length = start;
      if (!groups.at(-1)?.add(chunk)) groups.push(startGroup(chunk));
    },
    chunks: () => groups.map((group) => group.merge()),
  };
}
