import type { AnyChatChunk, ChunkMarks } from '../../types/index.js';
import { createBoundaryReader } from '../message/boundary.js';
import { cutChunk, startGroup, type ChunkGroup } from './chunkGroup.js';
import { createPacer } from './pacer.js';
import { createSegmentHold } from './segmentHold.js';
import type { FindEnd } from './segmenter.js';

/** The chunks that came and were not emitted yet. */
export interface UiBuffer<C extends AnyChatChunk> {
  add(chunk: C): void;
  /** No more chunks will come: what is unfinished is final. */
  end(): void;
  /**
   * The time from which more can be emitted though no chunk comes; in the past if there is something to
   * emit now. `Infinity` if the buffer is empty, or if only a chunk or the end lets out what it holds.
   */
  nextAt(): number;
  /**
   * What has to be emitted now, in order. Assumes that emissions are evenly spaced: text that would be
   * late at the next emission is emitted in this one.
   *
   * @param since the time of the last emission; after a pause, of the first chunk
   */
  take(since: number, now: number): C[];
  /** All chunks, merged, in order. */
  takeAll: () => C[];
}

/**
 * @param findEnd only whole segments are emitted; any text without it
 * @param maxHold how long an unfinished segment is held back at most, in ms
 * @param maxLag text is spread evenly, and each character emitted at most so many ms after it came; at
 * once without it
 */
export function createUiBuffer<C extends AnyChatChunk & ChunkMarks>(
  findEnd?: FindEnd,
  maxHold?: number,
  maxLag?: number,
): UiBuffer<C> {
  const boundaryOf = createBoundaryReader();
  const hold = createSegmentHold(findEnd, maxHold);
  const pacer = maxLag === undefined ? undefined : createPacer(maxLag);
  let groups: ChunkGroup<C>[] = [];
  /** Two positions, counted over all text that ever came and was not void. */
  let came = 0;
  let shown = 0;
  let nextAt = Infinity;
  let ended = false;

  /** Drops what a chunk makes void, and gives the chunk that stands for it. */
  const supersede = (chunk: C, isRestart: boolean): C => {
    const first = isRestart ? 0 : groups.findLastIndex((group) => group.first.done) + 1;
    const dropped = groups.splice(first);
    came = groups.reduce((end, group) => end + group.text().length, shown);
    hold.rewind(came);
    pacer?.rewind(came);
    // The subscriber never saw that mark, and still has the messages that it voids.
    return dropped.some((group) => group.first.restart) ? { ...chunk, restart: true } : chunk;
  };

  const takeAll = (): C[] => {
    const chunks = groups.map((group) => group.merge());
    groups = [];
    shown = came;
    nextAt = Infinity;
    return chunks;
  };

  return {
    add(chunk) {
      const boundary = boundaryOf(chunk);
      const isVoid = boundary === 'again' || boundary === 'restart';
      const added = isVoid ? supersede(chunk, boundary === 'restart') : chunk;
      let group = groups.at(-1);
      const before = group?.text().length ?? 0;
      if (group?.add(added)) came -= before;
      else groups.push((group = startGroup(added)));
      came += group.text().length;
      nextAt = -Infinity;
    },
    end() {
      ended = true;
      if (groups.length) nextAt = -Infinity;
    },
    nextAt: () => nextAt,
    take(since, now) {
      const until = now + Math.max(1, now - since);
      hold.add(since, came);
      pacer?.add(since, came);
      const position = pacer?.advance(shown, now, until - now) ?? Infinity;
      const chunks: C[] = [];
      let taken = 0;
      nextAt = Infinity;
      for (const group of groups) {
        const text = group.text();
        const isOpen = !ended && group === groups.at(-1);
        const due = Math.ceil(position - shown);
        const endsInHalf = group.endsInHalf();
        const length = hold.cut({ text, endsInHalf, start: shown, isOpen, due }, until);
        shown += length;
        if (length < text.length) {
          if (length) {
            const [start, rest] = cutChunk(group.merge(), length);
            chunks.push(start);
            groups[taken] = startGroup(rest);
          }
          const isHalf = isOpen && endsInHalf && length === text.length - 1;
          if (!isHalf) nextAt = length < due ? hold.deadline(shown) : now + 1;
          break;
        }
        chunks.push(group.merge());
        taken++;
      }
      groups = groups.slice(taken);
      return chunks;
    },
    takeAll,
  };
}
