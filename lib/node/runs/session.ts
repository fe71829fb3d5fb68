import { Subscription, defer, tap, type Observable, type SchedulerLike } from 'rxjs';
import type { Approval } from '../../tools/approval.js';
import type { Streamed } from '../../tools/events.js';
import type { SseFrame } from '../../wire/chatEvents.js';
import { toEvents } from '../frames.js';
import { publicEvents } from '../publicEvents.js';
import type { PublicErrors } from '../publicErrors.js';
import { createApprovals } from './approvals.js';
import { createFrameLog, type FrameLog } from './frameLog.js';
import { createLogWriter } from './logWriter.js';
import { markRestart } from './markRestart.js';
import { readInput } from './runInput.js';
import type { NewRun, RunStore } from './runStore.js';
import type { RunContext } from './runs.js';
import { presence } from './presence.js';
import { isTerminalFrame, terminalFrame } from '../terminalFrame.js';
import { callAfter, callEvery } from './timers.js';

/** An attempt at a run that this gateway makes. */
export interface Session {
  readonly run: NewRun;
  /** The frames of this attempt. Closed after the last one, or when the attempt has lost the run. */
  readonly log: FrameLog;
  /** A reader came to this gateway; the function is called when it leaves. */
  enter(): () => void;
  /**
   * Resolves to whether the call waited for it, or has had it before. `decisionId` is the same for a decision that is
   * repeated. The call is not made if the attempt has lost the run.
   */
  decide(callId: string, approval: Approval, decisionId?: string): Promise<boolean>;
  /** Stops the model, with this as the last frame. */
  end(frame: SseFrame): void;
  /** Whether the last frame was emitted. */
  readonly hasEnded: boolean;
  /** Stops the model without a last frame, so that another gateway can start the run again. */
  handOver(signal: AbortSignal): Promise<void>;
  /** Resolves when the store has all frames, or can't be reached, or the signal aborts. */
  settled(signal: AbortSignal): Promise<void>;
  /** The store could not be reached: it may have lost frames, the lease, and who reads at other gateways. */
  recover(): void;
  /** Gives up what is not written. */
  close(): void;
}

export interface SessionOptions {
  readonly store: RunStore;
  readonly run: NewRun;
  readonly make: (context: RunContext) => Observable<Streamed>;
  readonly errors: PublicErrors;
  readonly grace: number;
  readonly ttl: number;
  readonly scheduler: SchedulerLike;
  /** This gateway has nothing more to do with the run. It has lost the run, or all is written. */
  readonly onClosed: (isLost: boolean) => void;
}

/** Subscribes to a run, and writes what it emits. */
export function startSession(options: SessionOptions): Session {
  const { store, run, make, errors, grace, ttl, scheduler, onClosed } = options;
  const { id, attempt, input, leaseMs, maxChunks } = run;
  const log = createFrameLog(maxChunks);
  const approvals = createApprovals();
  /** The model, and all that is needed while it runs. */
  const producing = new Subscription();
  /** What is needed until the last frame is written. */
  const writing = new Subscription();
  const ignore = (): void => undefined;
  let readers = 0;
  let seq = 0;
  let hasEnded = false;
  let absence: Subscription | undefined;

  const abort = new AbortController();
  writing.add(() => {
    abort.abort();
  });
  const close = (): void => {
    if (writing.closed) return;
    producing.unsubscribe();
    writing.unsubscribe();
    log.close();
    onClosed(!hasEnded);
  };
  const writer = createLogWriter({
    store,
    run,
    log,
    scheduler,
    signal: abort.signal,
    onWritten() {
      store.expire(id, ttl).catch(ignore);
      close();
    },
    onLost: close,
  });

  const append = (frame: SseFrame): void => {
    log.append(attempt, ++seq, [frame]);
    writer.write();
  };
  const end = (frame: SseFrame): void => {
    if (hasEnded || writing.closed) return;
    hasEnded = true;
    log.append(attempt, ++seq, [frame]);
    log.close();
    writer.end();
    producing.unsubscribe();
    // A store that can't be reached for so long will not be asked for the run any more.
    writing.add(callAfter(leaseMs + ttl, scheduler, close));
  };

  const watchAbsence = (ms: number): void => {
    absence?.unsubscribe();
    absence = callAfter(ms, scheduler, () => void look());
    producing.add(absence);
  };
  const look = async (): Promise<void> => {
    // While the store can't be reached, there may be readers at other gateways.
    const isPresent = await store.isPresent(id).catch(() => true);
    if (readers || producing.closed) return;
    if (isPresent) watchAbsence(presence(grace).every);
    else end(terminalFrame({ type: 'abandoned' }));
  };

  const context: RunContext = {
    id,
    attempt,
    input: readInput(input),
    approve: (call) => approvals.approve(call),
  };
  const session: Session = {
    run,
    log,
    enter() {
      readers++;
      absence?.unsubscribe();
      let isHere = true;
      return () => {
        if (!isHere) return;
        isHere = false;
        readers--;
        if (!readers && !producing.closed) watchAbsence(grace);
      };
    },
    decide: async (callId, approval, decisionId) =>
      (await writer.isHeld()) && approvals.decide(callId, approval, decisionId),
    end,
    get hasEnded() {
      return hasEnded;
    },
    async handOver(signal) {
      producing.unsubscribe();
      await writer.settled(signal);
      if (writing.closed) return;
      await store.renew(id, attempt, 0).catch(ignore);
      close();
    },
    settled: (signal) => writer.settled(signal),
    recover() {
      // Other gateways get as long as they have to say that a run has readers.
      if (!readers && !producing.closed) watchAbsence(Math.max(grace, presence(grace).lasting));
      writer.recover().catch(ignore);
    },
    close,
  };

  writing.add(
    callEvery(leaseMs / 3, scheduler, () => {
      writer.renew().catch(ignore);
    }),
  );
  watchAbsence(grace);
  const value$ = defer(() => make(context));
  producing.add(
    (attempt > 1 ? value$.pipe(markRestart()) : value$)
      .pipe(
        publicEvents(errors),
        toEvents({ toPublicError: errors.ofSource }),
        tap((frame) => {
          if (isTerminalFrame(frame)) end(frame);
          else append(frame);
        }),
      )
      .subscribe(),
  );
  return session;
}
