import type { ChatChunk, ChunkMarks } from '../types.js';
import { startRun, type ChunkRun } from './coalesce.js';
import type { TextSegmenter } from './segment.js';

/** How it is decided what may be shown. All times are milliseconds. */
export interface UiBufferOptions {
  /** The clock. */
  readonly now: () => number;
  /** The time between two takes. */
  readonly every: number;
  /** Only finished segments are shown; any text when absent. */
  readonly segmenter?: TextSegmenter | undefined;
  /** How long an unfinished segment is held back at most. */
  readonly maxHold: number;
  /** Text is spread evenly, and shown at most this long after it came. */
  readonly maxLag?: number | undefined;
}

/** What has come and is not shown yet. */
export interface UiBuffer<C extends ChatChunk> {
  add(chunk: C): void;
  /** What is to be shown now, in order. */
  take(): C[];
  /** Tells that the last segment is finished, since nothing more will come. */
  end(): void;
  /** All there is. */
  takeAll(): C[];
  /** How long there will be nothing more to show; `undefined` while nothing is here. */
  wait(): number | undefined;
  /** Whether only an unfinished segment is here. */
  readonly holding: boolean;
}

export function createUiBuffer<C extends ChatChunk & ChunkMarks>({
  now,
  every,
  segmenter,
  maxHold,
  maxLag,
}: UiBufferOptions): UiBuffer<C> {
  let runs: ChunkRun<C>[] = [];
  /** When text came: what ends at position `end` of the whole text, at the time `at`. */
  let arrivals: { readonly at: number; end: number }[] = [];
  let received = 0;
  let shown = 0;
  let ended = false;
  let heldUntil: number | undefined;

  /** How much text must be shown now for each character to be in time, at an even rate. */
  const getQuota = (): number => {
    if (maxLag === undefined) return Infinity;
    return Math.max(
      0,
      ...arrivals.map(({ at, end }) => {
        const takes = Math.max(1, Math.floor((at + maxLag - now()) / every) + 1);
        return Math.ceil((end - shown) / takes);
      }),
    );
  };

  /** How much of the growing text is finished, or has been held back long enough. */
  const getFinished = (text: string): number => {
    const finished = ended ? text.length : (segmenter?.finished(text) ?? text.length);
    if (finished === text.length) return finished;
    const came = arrivals.find(({ end }) => end > shown + finished)?.at ?? now();
    if (now() >= came + maxHold) return text.length;
    heldUntil = came + maxHold;
    return finished;
  };

  return {
    add(chunk) {
      if (chunk.reset) {
        runs = [];
        shown = received;
      }
      heldUntil = undefined;
      let run = runs.at(-1);
      const before = run?.length ?? 0;
      if (run?.add(chunk)) {
        received += run.length - before;
      } else {
        runs.push((run = startRun(chunk)));
        received += run.length;
      }
      if (!segmenter) return;
      const at = now();
      const last = arrivals.at(-1);
      if (last?.at === at) last.end = received;
      else arrivals.push({ at, end: received });
    },
    take() {
      const chunks: C[] = [];
      let quota = getQuota();
      heldUntil = undefined;
      for (let run; (run = runs[0]); runs.shift()) {
        const whole = run.length;
        let length = runs.length > 1 || !segmenter ? whole : getFinished(run.text());
        if (length > quota) {
          length = quota && Math.min(length, segmenter?.endAfter(run.text(), quota) ?? length);
          heldUntil = undefined;
        }
        if (whole && !length) break;
        chunks.push(run.take(length));
        shown += length;
        quota = Math.max(0, quota - length);
        if (length < whole) break;
      }
      arrivals = arrivals.filter(({ end }) => end > shown);
      return chunks;
    },
    end() {
      ended = true;
    },
    takeAll() {
      const chunks = runs.map((run) => run.take());
      runs = [];
      return chunks;
    },
    wait: () => (runs.length ? (heldUntil ? heldUntil - now() : every) : undefined),
    get holding() {
      return heldUntil !== undefined;
    },
  };
}
