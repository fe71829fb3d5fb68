import type { SchedulerLike } from 'rxjs';
import { backoff } from '../../backoff.js';
import { startClock } from '../../time.js';
import { createBell } from './bell.js';
import type { FrameLog } from './frameLog.js';
import { pause } from './pause.js';
import { readEventId } from '../../wire/chatEvents.js';
import type { NewRun, RunStore } from './runStore.js';

/** How many frames one write has at most. */
const MAX_FRAMES = 256;

/** Writes the frames of an attempt to the store. */
export interface LogWriter {
  /** There is something to write. It is written at once, or with the next write if one is under way. */
  write(): void;
  /** The last frame is in the log. */
  end(): void;
  /** Renews the lease. Rejects when the store can't be reached. */
  renew(): Promise<void>;
  /** The same for a store that could not be reached, and may have lost what was written. */
  recover(): Promise<void>;
  /** Whether the attempt has the run for certain. While the store can't be reached, it does for one lease. */
  isHeld(): Promise<boolean>;
  /** Resolves when everything is written, when a write has failed, or when writing has ended. */
  settled(signal: AbortSignal): Promise<void>;
}

interface LogWriterOptions {
  readonly store: RunStore;
  /** The run as it was created: it is created again when the store has lost it. */
  readonly run: NewRun;
  readonly log: FrameLog;
  /** Aborts when there is no sense in writing any more. */
  readonly signal: AbortSignal;
  readonly scheduler: SchedulerLike;
  /** Everything is written, with the last frame. */
  readonly onWritten: () => void;
  /** Another attempt has the run, or it has ended otherwise. */
  readonly onLost: () => void;
}

/**
 * Writes in groups: while one write is under way, the frames that come wait for the next one. A write that
 * failed is repeated, with all that has come since.
 */
export function createLogWriter(options: LogWriterOptions): LogWriter {
  const { store, run, log, signal, scheduler, onWritten, onLost } = options;
  const { id, attempt, leaseMs, keepMs } = run;
  const delay = backoff({ initial: 50, max: 1000 });
  const sinceContact = startClock(scheduler);
  const bell = createBell();
  let contactAt = 0;
  let written = 0;
  let hasEnded = false;
  let isWriting = false;
  let failures = 0;

  const isDone = (): boolean => written >= log.lastSeq(attempt);

  const lose = (): void => {
    if (!signal.aborted) onLost();
  };
  /** Whether the attempt has the run again. If it could have expired in the meantime, others have ended it. */
  const recreate = async (): Promise<boolean> => {
    if (sinceContact() - contactAt >= keepMs) return false;
    written = 0;
    const asked = sinceContact();
    if ((await store.create(run)) !== id) return false;
    contactAt = asked;
    return true;
  };
  /** How many frames of this attempt the store has. */
  const countWritten = async (): Promise<number> => {
    const last = readEventId((await store.get(id))?.last ?? '');
    return last?.attempt === attempt ? last.seq : 0;
  };
  const writeGroup = async (): Promise<boolean> => {
    const entries = log.slice(attempt, written + 1, MAX_FRAMES);
    const seq = readEventId(entries[0]?.id ?? '')?.seq ?? 1;
    const last = seq + entries.length - 1;
    const ends = hasEnded && last === log.lastSeq(attempt);
    const frames = entries.map(({ frame }) => frame);
    const asked = sinceContact();
    const standing = await store.append(id, attempt, seq, frames, ends, written);
    if (standing === 'held') {
      written = last;
      contactAt = asked;
      failures = 0;
      return true;
    }
    if (standing === 'behind') {
      written = await countWritten();
      return true;
    }
    if (standing === 'gone' && (await recreate())) return true;
    lose();
    return false;
  };
  const writeAll = async (): Promise<void> => {
    while (!signal.aborted && !isDone()) {
      try {
        if (!(await writeGroup())) return;
      } catch {
        failures++;
        bell.ring();
        await pause(delay(undefined, failures), scheduler, signal);
      }
    }
    if (!signal.aborted && hasEnded) onWritten();
  };
  const write = (): void => {
    if (isWriting || signal.aborted) return;
    isWriting = true;
    void writeAll().then(() => {
      isWriting = false;
      bell.ring();
      // What came after the last look.
      if (!isDone()) write();
    });
  };

  const renew = async (): Promise<void> => {
    // The lease begins before its answer is here.
    const asked = sinceContact();
    const standing = await store.renew(id, attempt, leaseMs);
    if (standing === 'held') contactAt = asked;
    else if (standing === 'gone' && (await recreate())) write();
    else lose();
  };

  return {
    write,
    end() {
      hasEnded = true;
      write();
    },
    renew,
    async recover() {
      await renew();
      if (signal.aborted) return;
      written = Math.min(written, await countWritten());
      if (!isDone()) write();
    },
    async isHeld() {
      await renew().catch(() => undefined);
      return !signal.aborted && sinceContact() - contactAt < leaseMs;
    },
    async settled(until) {
      while (!until.aborted && !signal.aborted && isWriting && !failures) await bell.wait(until);
    },
  };
}
