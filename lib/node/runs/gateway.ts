import type { Observable, SchedulerLike } from 'rxjs';
import { OllamaTruncatedError } from '../../errors.js';
import type { Streamed } from '../../tools/events.js';
import type { SseFrame } from '../../wire/chatEvents.js';
import { startClock } from '../../time.js';
import { createPublicErrors } from '../publicErrors.js';
import { terminalFrame } from '../terminalFrame.js';
import { listenForCommands } from './listenForCommands.js';
import { newId } from './newId.js';
import { writeCommand, type RunCommand } from './runCommand.js';
import { RunError } from './runError.js';
import type { NewRun, RunRecord, RunStore } from './runStore.js';
import type { RunContext, RunsOptions } from './runs.js';
import { startSession, type Session } from './session.js';
import { createWatch, type Watch } from './watch.js';

/** Starts a run, or starts it over. */
type MakeRun = (context: RunContext) => Observable<Streamed>;

/** What of a run is for its user to say. */
type Wanted = Pick<NewRun, 'owner' | 'key' | 'input'>;

/** The options, with their defaults. */
export interface GatewayOptions extends Pick<RunsOptions, 'restart' | 'toPublicError'> {
  readonly store: RunStore;
  readonly scheduler: SchedulerLike;
  readonly grace: number;
  readonly lease: number;
  readonly ttl: number;
  readonly onOrphan: 'fail' | 'restart';
  readonly maxChunks: number;
}

/** The runs that this process makes, and those that it reads. */
export interface Gateway {
  readonly store: RunStore;
  readonly scheduler: SchedulerLike;
  /** Whether the gateway shuts down. */
  readonly isClosing: () => boolean;
  /** Something that is aborted when the gateway shuts down. The function ends that. */
  readonly abortAtClose: (controller: AbortController) => () => void;
  /** The attempt of this process at a run. */
  readonly getSession: (id: string) => Session | undefined;
  /** Creates a run and starts it, unless there is one with its key. Resolves to the id. */
  readonly create: (wanted: Wanted, make: MakeRun) => Promise<string>;
  /** Takes a run that no gateway has, and starts it again or ends it. */
  readonly takeOver: (id: string, record: RunRecord) => Promise<void>;
  /** Takes such a run, and ends it with this frame. Resolves to whether it was taken. */
  readonly endOrphan: (id: string, frame: SseFrame) => Promise<boolean>;
  /** Calls back with the answer to a decision at another gateway. The function ends that. */
  readonly awaitDecided: (decisionId: string, onAnswer: (accepted: boolean) => void) => () => void;
  /** Hears other gateways, and notices when the store is away, from now on. */
  readonly listen: () => void;
  /**
   * Whether a run that the store doesn't have may still live: the store could not be reached a moment ago, and the
   * gateway of the run has not had the time to write it again.
   */
  readonly isUnsure: () => boolean;
  /** Notes a reader of a run, which is aborted when it has to look again. The function ends that. */
  readonly enter: (id: string, reader: AbortController) => () => void;
  /** Ends all sessions and readers. Stops to wait for the store when the signal aborts. */
  readonly close: (givingUp: AbortSignal) => Promise<void>;
}

/** A run that ends its process each time is not started for ever. */
const MAX_ATTEMPTS = 5;
/** How many starts are remembered, for runs that have to be started again. */
const MAX_MAKES = 1000;

const toClosedError = (): RunError =>
  new RunError('This gateway shuts down. Ask another one.', 'closed');

export function createGateway(options: GatewayOptions): Gateway {
  const { store, scheduler, grace, lease, ttl, onOrphan, restart, maxChunks } = options;
  const errors = createPublicErrors(options.toPublicError);
  const holder = newId();
  const limits = { holder, leaseMs: lease, keepMs: ttl, maxChunks };
  const closing = new AbortController();
  const sessions = new Map<string, Session>();
  const watches = new Map<string, Watch>();
  const pending = new Set<AbortController>();
  const readers = new Map<string, Set<AbortController>>();
  const makes = new Map<string, MakeRun>();
  const deciding = new Map<string, (accepted: boolean) => void>();
  const clock = startClock(scheduler);
  let unsureUntil = 0;
  const isClosing = (): boolean => closing.signal.aborted;
  let isListening = false;

  const obey = (id: string, command: RunCommand): void => {
    const session = sessions.get(id);
    switch (command.type) {
      case 'stop':
        session?.end(terminalFrame({ type: 'stopped' }));
        return;
      case 'decide':
        if (session) answer(session, command).catch(() => undefined);
        return;
      case 'decided':
        deciding.get(command.decisionId)?.(command.accepted);
    }
  };
  /** An attempt that is older than the one that was meant has lost the run: that one answers. */
  const answer = async (
    session: Session,
    { attempt, callId, approval, decisionId }: Extract<RunCommand, { type: 'decide' }>,
  ): Promise<void> => {
    const { run } = session;
    if (run.attempt < attempt) return;
    const accepted =
      run.attempt === attempt && (await session.decide(callId, approval, decisionId));
    await store.signal(run.id, writeCommand({ type: 'decided', decisionId, accepted }));
  };
  /** Before a run can be known to other gateways, and before one is asked for what it has. */
  const listen = (): void => {
    if (isListening) return;
    isListening = true;
    void listenForCommands(store, scheduler, closing.signal, obey, () => {
      unsureUntil = clock() + lease;
      for (const session of sessions.values()) session.recover();
    });
  };
  /** The readers of a run look again where it is. */
  const interrupt = (id: string): void => {
    for (const reader of readers.get(id) ?? []) reader.abort();
  };
  const remember = (id: string, make: MakeRun): void => {
    if (onOrphan === 'fail') return;
    makes.delete(id);
    makes.set(id, make);
    const [oldest] = makes.keys();
    if (makes.size > MAX_MAKES && oldest !== undefined) makes.delete(oldest);
  };

  const begin = (run: NewRun, make: MakeRun): void => {
    listen();
    const onClosed = (isLost: boolean): void => {
      sessions.delete(run.id);
      if (isLost) interrupt(run.id);
      else makes.delete(run.id);
    };
    const session = startSession({ store, scheduler, run, make, errors, grace, ttl, onClosed });
    sessions.set(run.id, session);
    interrupt(run.id);
  };

  const create = async (wanted: Wanted, make: MakeRun): Promise<string> => {
    if (isClosing()) throw toClosedError();
    listen();
    const run: NewRun = { ...wanted, ...limits, id: newId(), attempt: 1 };
    const id = await store.create(run);
    remember(id, make);
    if (id === run.id) {
      if (isClosing()) {
        await store.renew(id, run.attempt, 0);
        throw toClosedError();
      }
      begin(run, make);
    } else if (!sessions.has(id)) {
      const record = await store.get(id);
      if (record && !record.ended && !record.leaseMs) await takeOver(id, record);
    }
    return id;
  };

  const end = async (id: string, attempt: number, frame: SseFrame): Promise<void> => {
    await store.append(id, attempt, 1, [frame], true);
    await store.expire(id, ttl);
  };
  /** The last frame of a run whose gateway was lost. */
  const lostFrame = (): SseFrame => {
    const error = new OllamaTruncatedError('The gateway of the run was lost.');
    return terminalFrame({ type: 'failed', ...errors.ofSource(error) });
  };
  const takeOver = async (id: string, { owner, key, input }: RunRecord): Promise<void> => {
    const attempt = await store.claim(id, holder, lease);
    if (attempt === undefined) return;
    const make = onOrphan === 'restart' ? (makes.get(id) ?? restart) : undefined;
    if (make && attempt <= MAX_ATTEMPTS && !isClosing()) {
      begin({ ...limits, id, owner, key, input, attempt }, make);
    } else {
      await end(id, attempt, lostFrame());
    }
  };

  const watch = (id: string): Watch => {
    const found =
      watches.get(id) ??
      createWatch({
        ...{ id, store, scheduler, grace, lease },
        onOrphan: (record) => takeOver(id, record),
        onEnded() {
          makes.delete(id);
        },
        onGone() {
          makes.delete(id);
          interrupt(id);
        },
        onClosed() {
          watches.delete(id);
        },
      });
    watches.set(id, found);
    return found;
  };

  return {
    store,
    scheduler,
    isClosing,
    abortAtClose(controller) {
      pending.add(controller);
      return () => {
        pending.delete(controller);
      };
    },
    getSession: (id) => sessions.get(id),
    create,
    takeOver,
    awaitDecided(decisionId, onAnswer) {
      listen();
      deciding.set(decisionId, onAnswer);
      return () => {
        deciding.delete(decisionId);
      };
    },
    listen,
    isUnsure: () => clock() < unsureUntil,
    async endOrphan(id, frame) {
      const attempt = await store.claim(id, holder, lease);
      if (attempt === undefined) return false;
      await end(id, attempt, frame);
      return true;
    },
    enter(id, reader) {
      listen();
      const all = readers.get(id) ?? new Set();
      readers.set(id, all.add(reader));
      const leave = (sessions.get(id) ?? watch(id)).enter();
      return () => {
        all.delete(reader);
        if (!all.size) readers.delete(id);
        leave();
      };
    },
    async close(givingUp) {
      closing.abort();
      for (const each of pending) each.abort();
      for (const id of readers.keys()) interrupt(id);
      await Promise.all(
        [...sessions.values()].map(async (session) => {
          if (onOrphan === 'restart' && !session.hasEnded) {
            await session.handOver(givingUp);
            return;
          }
          session.end(lostFrame());
          await session.settled(givingUp);
          session.close();
        }),
      );
    },
  };
}
