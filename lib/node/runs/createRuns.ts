import { asyncScheduler, defer, finalize, from, type Observable } from 'rxjs';
import { OllamaTruncatedError } from '../../errors.js';
import { checkCount, checkDuration, checkScheduler } from '../../time.js';
import type { Streamed } from '../../tools/events.js';
import { readEventId } from '../../wire/chatEvents.js';
import { createPublicErrors } from '../publicErrors.js';
import { checkOwner, checkStart } from './checkStart.js';
import { memoryStore } from './memoryStore.js';
import { isRunId, newRunId } from './newRunId.js';
import { pause } from './pause.js';
import { notFound, readRun } from './readRun.js';
import { readCommand, writeCommand } from './runCommand.js';
import { RunError } from './runError.js';
import type { NewRun, RunRecord } from './runStore.js';
import type { RunContext, Runs, RunsOptions } from './runs.js';
import { startSession, type Session } from './session.js';
import { isTerminalFrame, terminalFrame } from '../terminalFrame.js';
import { callAfter } from './timers.js';
import { createWatch, type Watch } from './watch.js';

type Make = (context: RunContext) => Observable<Streamed>;

/** A run that ends its process each time is not started for ever. */
const MAX_ATTEMPTS = 5;
/** How many starts are remembered, so that this gateway can start a lost run again. */
const MAX_MAKES = 1000;
/** A store that could not be reached is asked again after so many ms. */
const AGAIN_MS = 500;
/** How long a gateway that shuts down waits for the store, in ms. */
const CLOSE_MS = 5000;

export function createRuns(options: RunsOptions = {}): Runs {
  const {
    grace = 30_000,
    lease = 15_000,
    ttl = 300_000,
    onOrphan = 'fail',
    restart,
    maxChunks = 100_000,
    scheduler = asyncScheduler,
    toPublicError,
  } = options;
  checkOptions(options);
  const store = options.store ?? memoryStore({ scheduler });
  const errors = createPublicErrors(toPublicError);
  const holder = newRunId();
  const closing = new AbortController();
  const sessions = new Map<string, Session>();
  const watches = new Map<string, Watch>();
  const readers = new Map<string, Set<AbortController>>();
  const makes = new Map<string, Make>();
  let isListening = false;
  const isClosing = (): boolean => closing.signal.aborted;

  /** The readers of a run look again where it is. */
  const interrupt = (id: string): void => {
    for (const reader of readers.get(id) ?? []) reader.abort();
  };

  const begin = (run: NewRun, make: Make): void => {
    listen();
    sessions.set(
      run.id,
      startSession({
        ...{ store, run, make, errors, grace, ttl, scheduler },
        onClosed(isLost) {
          sessions.delete(run.id);
          if (isLost) interrupt(run.id);
          else makes.delete(run.id);
        },
      }),
    );
    interrupt(run.id);
  };

  const remember = (id: string, make: Make): void => {
    if (onOrphan === 'fail') return;
    makes.delete(id);
    makes.set(id, make);
    const [oldest] = makes.keys();
    if (makes.size > MAX_MAKES && oldest !== undefined) makes.delete(oldest);
  };

  const lost = () => errors.ofSource(new OllamaTruncatedError('The gateway of the run was lost.'));

  /** Ends a run that nobody has, or starts it again. */
  const takeOver = async (id: string, record: RunRecord): Promise<void> => {
    const attempt = await store.claim(id, holder, lease);
    if (attempt === undefined) return;
    const make = onOrphan === 'restart' ? (makes.get(id) ?? restart) : undefined;
    if (make && attempt <= MAX_ATTEMPTS && !isClosing()) {
      const { owner, key, input } = record;
      begin({ id, owner, key, input, holder, attempt, ...kept }, make);
    } else {
      await endOrphan(id, attempt, terminalFrame({ type: 'failed', ...lost() }));
    }
  };
  const kept = { leaseMs: lease, keepMs: ttl, maxChunks };

  const endOrphan = async (
    id: string,
    attempt: number,
    frame: ReturnType<typeof terminalFrame>,
  ): Promise<void> => {
    await store.append(id, attempt, 1, [frame], true);
    await store.expire(id, ttl);
  };

  const obey = (id: string, message: string): void => {
    const session = sessions.get(id);
    const command = readCommand(message);
    if (!session || !command) return;
    if (command.type === 'stop') session.end(terminalFrame({ type: 'stopped' }));
    else if (command.attempt === session.run.attempt) {
      session.decide(command.callId, command.approval);
    }
  };
  const listen = (): void => {
    if (isListening) return;
    isListening = true;
    void (async () => {
      while (!isClosing()) {
        try {
          for await (const { id, message } of store.signals(closing.signal)) obey(id, message);
        } catch {
          // Asked again below.
        }
        await pause(AGAIN_MS, scheduler, closing.signal);
      }
    })();
  };

  const watch = (id: string): Watch => {
    let found = watches.get(id);
    if (!found) {
      found = createWatch({
        ...{ id, store, grace, lease, scheduler },
        onOrphan: (record) => takeOver(id, record),
        onEnded() {
          makes.delete(id);
          interrupt(id);
        },
        onClosed() {
          watches.delete(id);
        },
      });
      watches.set(id, found);
    }
    return found;
  };

  const context = {
    store,
    getSession: (id: string) => sessions.get(id),
    isClosing,
    enter(id: string, reader: AbortController) {
      const all = readers.get(id) ?? new Set();
      readers.set(id, all.add(reader));
      const leave = (sessions.get(id) ?? watch(id)).enter();
      return () => {
        all.delete(reader);
        if (!all.size) readers.delete(id);
        leave();
      };
    },
  };

  /** What the store has of a run, for its owner alone. */
  const getRecord = async (id: string, owner: string): Promise<RunRecord | undefined> => {
    const record = isRunId(id) ? await store.get(id) : undefined;
    return record?.owner === owner ? record : undefined;
  };

  /** Stops a run of another gateway, also if that one does not answer any more. */
  const stopElsewhere = async (id: string, owner: string): Promise<boolean> => {
    let last: string | undefined;
    let asked = 0;
    let hasLooked = false;
    while (!isClosing()) {
      const record = await getRecord(id, owner);
      if (!record || (record.ended && !hasLooked)) return false;
      if (!hasLooked) last = record.last;
      hasLooked = true;
      if (!record.leaseMs && !record.ended) {
        const attempt = await store.claim(id, holder, lease);
        if (attempt !== undefined) {
          await endOrphan(id, attempt, terminalFrame({ type: 'stopped' }));
          return true;
        }
      } else if (record.attempt !== asked) {
        asked = record.attempt;
        await store.signal(id, writeCommand({ type: 'stop' }));
      }
      const reading = new AbortController();
      const giveUp = (): void => {
        reading.abort();
      };
      closing.signal.addEventListener('abort', giveUp);
      const timer = callAfter(record.leaseMs || AGAIN_MS, scheduler, giveUp);
      try {
        for await (const entry of store.read(id, last, reading.signal)) {
          last = entry.id;
          if (isTerminalFrame(entry.frame)) return entry.frame.event === 'stopped';
        }
      } finally {
        timer.unsubscribe();
        closing.signal.removeEventListener('abort', giveUp);
        reading.abort();
      }
    }
    return false;
  };

  return {
    async start(make, startOptions) {
      checkStart(startOptions);
      const { owner, key, input } = startOptions;
      if (isClosing()) throw isClosed();
      // Before the run can be stopped by others.
      listen();
      const json = input === undefined ? undefined : JSON.stringify(input);
      const run: NewRun = {
        ...{ id: newRunId(), owner, key, input: json, holder, attempt: 1 },
        ...kept,
      };
      const id = await store.create(run);
      remember(id, make);
      if (id === run.id) {
        if (isClosing()) {
          await store.renew(id, run.attempt, 0);
          throw isClosed();
        }
        begin(run, make);
      } else if (!sessions.has(id)) {
        const record = await store.get(id);
        if (record && !record.ended && !record.leaseMs) await takeOver(id, record);
      }
      return { id };
    },

    async find(id, { owner }) {
      checkOwner(owner);
      const session = sessions.get(id);
      if (session) return session.run.owner === owner ? { id, ended: session.hasEnded } : undefined;
      const record = await getRecord(id, owner);
      return record && { id, ended: record.ended };
    },

    follow(id, followOptions) {
      const { owner, after } = followOptions;
      checkOwner(owner);
      if (after !== undefined && !readEventId(after)) {
        throw new RunError('The id of an event has the form 1-5.', 'bad-id');
      }
      return defer(() => {
        if (!isRunId(id)) throw notFound();
        const reading = new AbortController();
        return from(readRun(context, id, followOptions, reading.signal)).pipe(
          finalize(() => {
            reading.abort();
          }),
        );
      });
    },

    async stop(id, { owner }) {
      checkOwner(owner);
      const session = sessions.get(id);
      if (!session) return stopElsewhere(id, owner);
      if (session.run.owner !== owner || session.hasEnded) return false;
      session.end(terminalFrame({ type: 'stopped' }));
      await session.settled(closing.signal);
      return true;
    },

    async decide(id, callId, approval, { owner }) {
      checkOwner(owner);
      const session = sessions.get(id);
      if (session) return session.run.owner === owner && session.decide(callId, approval);
      const record = await getRecord(id, owner);
      if (!record?.leaseMs || record.ended) return false;
      const { attempt } = record;
      await store.signal(id, writeCommand({ type: 'decide', attempt, callId, approval }));
      return true;
    },

    async close() {
      if (isClosing()) return;
      closing.abort();
      for (const id of readers.keys()) interrupt(id);
      const givingUp = new AbortController();
      const timer = callAfter(CLOSE_MS, scheduler, () => {
        givingUp.abort();
      });
      await Promise.all(
        [...sessions.values()].map(async (session) => {
          if (onOrphan === 'restart' && !session.hasEnded) await session.handOver(givingUp.signal);
          else {
            session.end(terminalFrame({ type: 'failed', ...lost() }));
            await session.settled(givingUp.signal);
          }
        }),
      );
      timer.unsubscribe();
    },
  };
}

const isClosed = (): RunError =>
  new RunError('This gateway shuts down. Ask another one.', 'closed');

function checkOptions(options: RunsOptions): void {
  const { grace, lease, ttl, maxChunks, scheduler } = options;
  const onOrphan: unknown = options.onOrphan;
  checkDuration('grace', grace);
  checkCount('lease', lease);
  checkDuration('ttl', ttl);
  checkCount('maxChunks', maxChunks);
  checkScheduler(scheduler);
  if (onOrphan !== undefined && onOrphan !== 'fail' && onOrphan !== 'restart') {
    throw new TypeError(`onOrphan is ${String(onOrphan)}. Set it to 'fail' or 'restart'.`);
  }
}
