import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { checkScheduler } from '../../time.js';
import type { SseFrame } from '../../wire/chatEvents.js';
import { createBell } from './bell.js';
import { createFrameLog, type FrameLog } from './frameLog.js';
import type { NewRun, RunRecord, RunSignal, RunStore, Standing } from './runStore.js';

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** Where the time of leases comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** A run, with the times at which things end. */
interface Kept {
  readonly run: NewRun;
  readonly keyName: string | undefined;
  readonly log: FrameLog;
  attempt: number;
  leaseMs: number;
  leaseEnd: number;
  end: number;
  ended: boolean;
}

/** How often runs that are over are looked for, in ms. */
const SWEEP_MS = 1000;

/**
 * Keeps runs in the memory of this process: a reload of the page finds its run again, a restart of the
 * server does not. For several gateways, use `redisStore`.
 *
 * _It's like a `Map` of logs, but each log has one writer at a time, and expires._
 *
 * Runs that have expired are removed when others are created. No timer is set.
 *
 * ```ts
 * import { createRuns, memoryStore } from 'rxjs-ollama/node';
 *
 * export const runs = createRuns({ store: memoryStore() });
 * ```
 *
 * @param options where the time comes from
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link createRuns}
 */
export function memoryStore(options: MemoryStoreOptions = {}): RunStore {
  const { scheduler = asyncScheduler } = options;
  checkScheduler(options.scheduler);
  const runs = new Map<string, Kept>();
  const ids = new Map<string, string>();
  /** Until when a run has readers. It is known without the run too, which a gateway may be about to create. */
  const presentEnds = new Map<string, number>();
  const listeners = new Set<(signal: RunSignal) => void>();
  let sweepAt = 0;

  const find = (id: string): Kept | undefined => {
    const kept = runs.get(id);
    if (!kept || kept.end > scheduler.now()) return kept;
    runs.delete(id);
    if (kept.keyName !== undefined && ids.get(kept.keyName) === id) ids.delete(kept.keyName);
    return undefined;
  };
  const isPresent = (id: string): boolean => {
    if ((presentEnds.get(id) ?? 0) > scheduler.now()) return true;
    presentEnds.delete(id);
    return false;
  };
  const sweep = (): void => {
    if (scheduler.now() < sweepAt) return;
    sweepAt = scheduler.now() + SWEEP_MS;
    for (const id of runs.keys()) find(id);
    for (const id of presentEnds.keys()) isPresent(id);
  };
  const hold = (kept: Kept, leaseMs: number): void => {
    kept.leaseEnd = scheduler.now() + leaseMs;
    kept.end = kept.leaseEnd + kept.run.keepMs;
  };
  const getStanding = (kept: Kept | undefined, attempt: number): Standing => {
    if (!kept) return 'gone';
    return kept.attempt === attempt && !kept.ended ? 'held' : 'lost';
  };

  const create = (run: NewRun): string => {
    sweep();
    const { id, owner, key, attempt, leaseMs, maxChunks } = run;
    if (find(id)) return id;
    const keyName = key === undefined ? undefined : JSON.stringify([owner, key]);
    const existing = keyName === undefined ? undefined : ids.get(keyName);
    if (existing !== undefined && find(existing)) return existing;
    if (keyName !== undefined) ids.set(keyName, id);
    const log = createFrameLog(maxChunks);
    const kept: Kept = { run, keyName, log, attempt, leaseMs, leaseEnd: 0, end: 0, ended: false };
    hold(kept, leaseMs);
    runs.set(id, kept);
    return id;
  };
  const get = (id: string): RunRecord | undefined => {
    const kept = find(id);
    if (!kept) return undefined;
    const { attempt, leaseEnd, log, ended } = kept;
    const { owner, key, input } = kept.run;
    const leaseMs = Math.max(0, leaseEnd - scheduler.now());
    return { owner, key, input, last: log.last, attempt, leaseMs, ended };
  };
  const claim = (id: string, _: string, leaseMs: number): number | undefined => {
    const kept = find(id);
    if (!kept || kept.ended || kept.leaseEnd > scheduler.now()) return undefined;
    kept.leaseMs = leaseMs;
    hold(kept, leaseMs);
    return ++kept.attempt;
  };
  const renew = (id: string, attempt: number, leaseMs: number): Standing => {
    const kept = find(id);
    const standing = getStanding(kept, attempt);
    if (kept && standing === 'held') hold(kept, leaseMs);
    return standing;
  };
  const append = (
    id: string,
    attempt: number,
    seq: number,
    frames: readonly SseFrame[],
    ends = false,
    after = seq - 1,
  ): Standing | 'behind' => {
    const kept = find(id);
    if (!kept) return 'gone';
    const { log } = kept;
    const last = log.lastSeq(attempt);
    const known = Math.max(0, last + 1 - seq);
    // An answer to the last call that was lost.
    if (known >= frames.length && kept.attempt === attempt) return 'held';
    const standing = getStanding(kept, attempt);
    if (standing !== 'held') return standing;
    if (last < after) return 'behind';
    hold(kept, kept.leaseMs);
    log.append(attempt, seq + known, frames.slice(known));
    kept.ended = ends;
    return standing;
  };

  return {
    create: later(create),
    get: later(get),
    claim: later(claim),
    renew: later(renew),
    append: later(append),
    read: (id, after, signal) => find(id)?.log.read(after, signal) ?? nothing(),
    signal: later((id: string, message: string) => {
      for (const listener of listeners) listener({ id, message });
    }),
    async *signals(signal) {
      const bell = createBell();
      const queue: RunSignal[] = [];
      const listener = (each: RunSignal): void => {
        queue.push(each);
        bell.ring();
      };
      listeners.add(listener);
      try {
        while (!signal.aborted) {
          const next = queue.shift();
          if (next) yield next;
          else await bell.wait(signal);
        }
      } finally {
        listeners.delete(listener);
      }
    },
    present: later((id: string, ms: number) => {
      presentEnds.set(id, scheduler.now() + ms);
    }),
    isPresent: later(isPresent),
    expire: later((id: string, ms: number) => {
      const kept = find(id);
      if (kept) kept.end = scheduler.now() + ms;
    }),
  };
}

/** The same as a function that can fail later: what it throws rejects. */
function later<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => Promise<R> {
  return (...args) =>
    new Promise((resolve) => {
      resolve(act(...args));
    });
}

// eslint-disable-next-line @typescript-eslint/no-empty-function -- the log of no run
async function* nothing(): AsyncGenerator<never> {}
