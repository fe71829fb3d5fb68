import type { ChatChunk, ChunkMarks } from '../../types/index.js';
import { cutChunk, startGroup, type ChunkGroup } from './chunkGroup.js';
import type { FindEnd } from './segmenter.js';

/** What has come and is not shown yet. */
export interface UiBuffer<C extends ChatChunk> {
  add(chunk: C): void;
  isEmpty(): boolean;
  /**
   * What has to be shown now, in order. It is taken for granted that the time until the next take is
   * the time since the last one: what would be late by then is due now.
   *
   * @param since when the last take was; after a pause, when the first chunk came
   * @param ended no more will come, so that the last segment is finished
   */
  take(since: number, now: number, ended: boolean): C[];
  /** All there is. */
  takeAll: () => C[];
}

/**
 * @param findEnd only finished segments are shown; any text when absent
 * @param maxHold how long an unfinished segment is held back at most, in ms
 * @param maxLag text is spread evenly, each character shown at most this long after it came, in ms
 */
export function createUiBuffer<C extends ChatChunk & ChunkMarks>(
  findEnd?: FindEnd,
  maxHold = 0,
  maxLag = 0,
): UiBuffer<C> {
  let runs: ChunkGroup<C>[] = [];
  /** What came between two takes: text up to position `end` of all that ever came, none before `at`. */
  let arrivals: { readonly at: number; readonly end: number }[] = [];
  let shown = 0;
  /** Up to which position text should be shown, the character that it falls into included. */
  let target = 0;

  const takeAll = (): C[] => {
    const chunks = runs.map((run) => run.merge());
    runs = [];
    return chunks;
  };

  return {
    isEmpty: () => !runs.length,
    add(chunk) {
      if (chunk.reset) {
        runs = [];
        arrivals = [];
      }
      if (!runs.at(-1)?.add(chunk)) runs.push(startGroup(chunk));
    },
    take(since, now, ended) {
      if (!findEnd) return takeAll();
      const step = Math.max(1, now - since);
      arrivals.push({ at: since, end: runs.reduce((end, run) => end + run.text().length, shown) });
      // As far as the rate takes it that lets each arrival, evenly spread, be in time.
      target += arrivals.reduce(
        (most, { at, end }) =>
          Math.max(most, ((end - target) * step) / Math.max(step, at + maxLag - now)),
        0,
      );
      const isDue = (position: number) =>
        arrivals.some(({ at, end }) => end > position && at + maxHold < now + step);

      const chunks: C[] = [];
      let taken = 0;
      for (const run of runs) {
        const text = run.text();
        let { length } = text;
        const quota = Math.ceil(target - shown);
        const isOpen = !ended && run === runs.at(-1);
        if (isOpen || length > quota) {
          const end = quota > 0 ? findEnd(text, quota) : 0;
          if (end >= quota || (isOpen && !isDue(shown + end))) length = end;
        }
        shown += length;
        if (length < text.length) {
          if (length) {
            const [start, rest] = cutChunk(run.merge(), length);
            chunks.push(start);
            runs[taken] = startGroup(rest);
          }
          break;
        }
        chunks.push(run.merge());
        taken++;
      }
      runs = runs.slice(taken);
      arrivals = arrivals.filter(({ end }) => end > Math.min(shown, target));
      return chunks;
    },
    takeAll,
  };
}
