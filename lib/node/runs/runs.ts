import type { Observable, SchedulerLike } from 'rxjs';
import type { Approval } from '../../tools/approval.js';
import type { Streamed } from '../../tools/events.js';
import type { IdentifiedToolCall } from '../../types/index.js';
import type { SseFrame } from '../../wire/chatEvents.js';
import type { PublicErrorOptions } from '../toText.js';
import type { RunStore } from './runStore.js';

/** How runs are kept, and when they are stopped. */
export interface RunsOptions extends PublicErrorOptions {
  /** Where the events are kept. @defaultValue `memoryStore()` */
  readonly store?: RunStore | undefined;
  /** After so many ms without a reader, at any gateway, a run is stopped. @defaultValue `30000` */
  readonly grace?: number | undefined;
  /**
   * After so many ms without a sign of life, the gateway of a run counts as lost. A third of it has to be
   * longer than any time for which the event loop stands still. @defaultValue `15000`
   */
  readonly lease?: number | undefined;
  /** How long a run can be read after its end, in ms. @defaultValue `300000` */
  readonly ttl?: number | undefined;
  /**
   * What becomes of a run whose gateway was lost. `'fail'`: it ends, after the text so far. `'restart'`: it is
   * started again, and its first chunk has `reset: true`. @defaultValue `'fail'`
   */
  readonly onOrphan?: 'fail' | 'restart' | undefined;
  /**
   * With `'restart'`: starts a run that another gateway has started, by its `input`. Without it, only a
   * gateway where `start` was called for the run can start it again.
   */
  readonly restart?: ((context: RunContext) => Observable<Streamed>) | undefined;
  /**
   * How many events of a run are kept at least: the last ones. A client that asks for earlier ones gets
   * `gap`. @defaultValue `100000`
   */
  readonly maxChunks?: number | undefined;
  /** Where the time of leases and waits comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** What a run knows of itself when it is started. */
export interface RunContext {
  /** Its id. */
  readonly id: string;
  /** From 1. A later one starts the run over. */
  readonly attempt: number;
  /** The `input` of its start. */
  readonly input: unknown;
  /** For `approve` of `runTools`: emits the decision that `decide` is called with, at any gateway. */
  readonly approve: (call: IdentifiedToolCall) => Observable<Approval>;
}

/** How a run is started. */
export interface StartOptions {
  /** The user who may read and stop it, by an id. */
  readonly owner: string;
  /** Names the run among those of its owner, such as the `Idempotency-Key` of a request. */
  readonly key?: string | undefined;
  /** What it is started again with at another gateway. It has to be JSON. */
  readonly input?: unknown;
}

/** The user who asks for a run. */
export interface OwnerOptions {
  /** As it was at its start. */
  readonly owner: string;
}

/** What is read of a run. */
export interface FollowOptions extends OwnerOptions {
  /** The id of the last event that the client has, as in `Last-Event-ID`. The next one comes first. */
  readonly after?: string | undefined;
}

/** What is known of a run. */
export interface FoundRun {
  /** Its id. */
  readonly id: string;
  /** Whether its events are complete. */
  readonly ended: boolean;
  /**
   * The id of its last event so far. A client that has it, of a run that has ended, has all: answer 204, at
   * which an `EventSource` stops asking.
   */
  readonly last?: string | undefined;
  /** The `input` of its start. It is for the server: the events have only what the run adds to it. */
  readonly input?: unknown;
}

/** The runs that this gateway produces, and reads from others. */
export interface Runs {
  /**
   * Starts a run, unless its owner has one with the same `key`. It is subscribed to before the promise
   * resolves, and continues without readers.
   */
  start(
    make: (context: RunContext) => Observable<Streamed>,
    options: StartOptions,
  ): Promise<{
    /** The id of the run: 32 hexadecimal digits. */
    readonly id: string;
  }>;
  /**
   * Whether an owner has a run; `undefined` if not, also if it is another owner's. Rejects if the store can't be
   * reached, and with {@link RunError} (`'unsure'`) if it may have lost the run for a moment.
   */
  find(id: string, options: OwnerOptions): Promise<FoundRun | undefined>;
  /** Emits the events of a run: those so far, then live, then one terminal event. */
  follow(id: string, options: FollowOptions): Observable<SseFrame>;
  /** Stops a run, at any gateway. Resolves when it has ended: to whether this has ended it. */
  stop(id: string, options: OwnerOptions): Promise<boolean>;
  /**
   * Decides on a call that waits, at any gateway. Resolves to whether the call waited for it: of several decisions, one
   * is `true`. A call is lost with its gateway: then it resolves to `false`, when the lease has run out.
   */
  decide(id: string, callId: string, approval: Approval, options: OwnerOptions): Promise<boolean>;
  /** Ends what this gateway produces and reads, so that it can shut down. */
  close(): Promise<void>;
}
