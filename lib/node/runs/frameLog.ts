import { formatEventId, type SseFrame } from '../../wire/chatEvents.js';
import { createBell } from './bell.js';
import { compareIds } from './compareIds.js';
import type { LogEntry } from './runStore.js';

/** The frames of a run in this process, and those who read them. */
export interface FrameLog {
  /** The id of the last frame. */
  readonly last: string | undefined;
  /** The number of the last frame of an attempt; 0 if it has none. */
  lastSeq(attempt: number): number;
  /** Adds the frames of an attempt, the first one with this number. */
  append(attempt: number, seq: number, frames: readonly SseFrame[]): void;
  /** The kept entries from a place of an attempt on. */
  slice(attempt: number, seq: number, most: number): readonly LogEntry[];
  /** Reads from after an id, until the signal aborts or the log is closed and read to its end. */
  read(after: string | undefined, signal: AbortSignal): AsyncGenerator<LogEntry, void, undefined>;
  /** Nothing is added any more. */
  close(): void;
}

/** @param most how many frames are kept at least: the last ones */
export function createFrameLog(most: number): FrameLog {
  let entries: LogEntry[] = [];
  /** How many were trimmed: the place of the first one that is kept. */
  let trimmed = 0;
  let attempt = 0;
  let last = 0;
  let isClosed = false;
  const bell = createBell();

  const push = (entry: LogEntry): void => {
    entries.push(entry);
    // Half of the array at a time, so that the work per frame is constant.
    if (entries.length >= 2 * most) {
      trimmed += entries.length - most;
      entries = entries.slice(-most);
    }
  };
  /** The place of the first entry after an id. */
  const findAfter = (id: string): number => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareIds(entries[middle]?.id ?? '', id) > 0) high = middle;
      else low = middle + 1;
    }
    return trimmed + low;
  };
  const getLast = (): string | undefined => entries.at(-1)?.id;

  return {
    get last() {
      return getLast();
    },
    lastSeq: (of) => (of === attempt ? last : 0),
    append(by, seq, frames) {
      const previous = by === attempt ? undefined : getLast();
      attempt = by;
      last = seq + frames.length - 1;
      for (const [at, frame] of frames.entries()) {
        const id = formatEventId({ attempt, seq: seq + at });
        push({ id, frame, ...(previous !== undefined && !at && { previous }) });
      }
      bell.ring();
    },
    slice(of, from, count) {
      const start = findAfter(formatEventId({ attempt: of, seq: from - 1 })) - trimmed;
      return entries.slice(start, start + count);
    },
    async *read(after, signal) {
      let place = after === undefined ? trimmed : findAfter(after);
      let isPast = after === undefined;
      while (!signal.aborted) {
        place = Math.max(place, trimmed);
        const entry = entries[place - trimmed];
        if (entry) {
          place++;
          // The id may be one that comes later.
          if (isPast || compareIds(entry.id, after ?? '') > 0) {
            isPast = true;
            yield entry;
          }
        } else if (isClosed) return;
        else await bell.wait(signal);
      }
    },
    close() {
      isClosed = true;
      bell.ring();
    },
  };
}
