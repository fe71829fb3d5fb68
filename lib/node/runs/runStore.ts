import type { SseFrame } from '../../wire/chatEvents.js';

/**
 * Where the events of runs are kept, so that every gateway can read and stop them. `memoryStore` serves
 * one process, `redisStore` several. `runStoreContract` of `rxjs-ollama/testing/node` says whether a store of
 * your own keeps this contract.
 *
 * A method rejects when the store can't be reached. Nothing is retried inside.
 */
export interface RunStore {
  /**
   * Creates a run, held by its holder. If there is a run with this id, or the owner has one with this key,
   * nothing is created. This is atomic: of two calls with the same key, one creates.
   *
   * @returns the given id, or that of the other run with this key
   */
  create(run: NewRun): Promise<string>;
  /** What is known of a run; `undefined` if there is none, or no longer. */
  get(id: string): Promise<RunRecord | undefined>;
  /**
   * Takes a run whose lease ran out, and which has not ended. From then on, earlier attempts can't append.
   *
   * @returns the number of the new attempt, one more than the last; `undefined` if the run can't be taken
   */
  claim(id: string, holder: string, leaseMs: number): Promise<number | undefined>;
  /**
   * Makes the lease of an attempt last so long from now on. With 0 it runs out at once, and another holder can
   * take the run. The run is kept for at least its lease and the `keep` of its creation.
   */
  renew(id: string, attempt: number, leaseMs: number): Promise<Standing>;
  /**
   * Adds frames with the ids `<attempt>-<seq>`, `<attempt>-<seq + 1>` and so on, and renews the lease. It is
   * all or nothing, and refused unless the attempt is the last one. Frames that are there already are not added
   * again, so that a call whose answer was lost can be repeated.
   *
   * It is refused with `'behind'` if the log of the attempt ends before `after`. A store that was restored from an
   * older copy has lost the end of it. The caller appends again what `get` shows to be missing.
   *
   * @param ends these are the last frames: nothing can be appended or claimed any more
   * @param after the number of the last frame that the store has confirmed. By default the one before `seq`; an
   * earlier one if the caller no longer has the frames in between
   */
  append(
    id: string,
    attempt: number,
    seq: number,
    frames: readonly SseFrame[],
    ends?: boolean,
    after?: number,
  ): Promise<Standing | 'behind'>;
  /**
   * The kept frames after an id, or all: first those that are there, then those that come, until the signal
   * aborts. Then it ends, without an error. Frames that were trimmed are left out without a word.
   */
  read(id: string, after: string | undefined, signal: AbortSignal): AsyncIterable<LogEntry>;
  /** Sends a message about a run to all gateways. */
  signal(id: string, message: string): Promise<void>;
  /**
   * The messages about runs that are sent from the first `next()` on, until the signal aborts. Earlier ones
   * may come before them.
   */
  signals(signal: AbortSignal): AsyncIterable<RunSignal>;
  /** Says that a run has a reader, for so many ms. */
  present(id: string, ms: number): Promise<void>;
  /** Whether a run has had a reader, for the time that it was said for. */
  isPresent(id: string): Promise<boolean>;
  /** Forgets a run, and its key, after so many ms. */
  expire(id: string, ms: number): Promise<void>;
}

/** A run that is to be created. */
export interface NewRun {
  /** Its id: 32 hexadecimal digits, chosen at random. */
  readonly id: string;
  /** The user who may read and stop it. */
  readonly owner: string;
  /** Names the run among those of its owner, so that it is created once. */
  readonly key?: string | undefined;
  /** What it is started again with, as JSON. */
  readonly input?: string | undefined;
  /** The gateway that produces its frames. */
  readonly holder: string;
  /** 1, or more for a run that the store has lost and that is created again. */
  readonly attempt: number;
  /** How long the holder has it before it must renew, in ms. */
  readonly leaseMs: number;
  /** How long it is kept after its lease ran out, in ms. */
  readonly keepMs: number;
  /** How many frames are kept at least: the last ones. A store may keep more. */
  readonly maxChunks: number;
}

/** What is known of a run. */
export interface RunRecord {
  /** The user who may read and stop it. */
  readonly owner: string;
  /** Its name among the runs of its owner. */
  readonly key?: string | undefined;
  /** What it is started again with, as JSON. */
  readonly input?: string | undefined;
  /** The id of the last frame; `undefined` if there is none. */
  readonly last?: string | undefined;
  /** The last attempt, from 1. */
  readonly attempt: number;
  /** In how many ms the lease of that attempt runs out; 0 if it has. */
  readonly leaseMs: number;
  /** Whether its last frame was appended. */
  readonly ended: boolean;
}

/**
 * What an attempt is to a run: it has it (`'held'`), it has lost it to another attempt or to its end
 * (`'lost'`), or the store has no such run (`'gone'`).
 */
export type Standing = 'held' | 'lost' | 'gone';

/** A frame in the log of a run. */
export interface LogEntry {
  /** Its id: `<attempt>-<seq>`. */
  readonly id: string;
  /** The name and the data of the event. */
  readonly frame: SseFrame;
  /** Of the first frame of a later attempt: the id of the frame before it, if there was one. */
  readonly previous?: string | undefined;
}

/** A message about a run. */
export interface RunSignal {
  /** The run. */
  readonly id: string;
  /** What is to be done. */
  readonly message: string;
}
