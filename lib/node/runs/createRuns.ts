import { asyncScheduler, defer, finalize, from } from 'rxjs';
import { readEventId } from '../../wire/chatEvents.js';
import { terminalFrame } from '../terminalFrame.js';
import { paceOfSubscriber, type Pace } from '../pace.js';
import { checkOwner, checkStart } from './checkStart.js';
import { decideElsewhere } from './decideElsewhere.js';
import { checkRunsOptions } from './checkRunsOptions.js';
import { createGateway } from './gateway.js';
import { memoryStore } from './memoryStore.js';
import { isRunId } from './newId.js';
import { pause } from './pause.js';
import { notFound, readRun, unsure } from './readRun.js';
import { RunError } from './runError.js';
import { readInput, writeInput } from './runInput.js';
import type { RunRecord } from './runStore.js';
import type { Runs, RunsOptions } from './runs.js';
import { stopElsewhere } from './stopElsewhere.js';

/** How long the end of a run waits for the store, in ms. */
const PATIENCE_MS = 5000;

/**
 * Keeps answers alive without a connection: a client that comes back, here or at another gateway, gets the
 * rest of the answer.
 *
 * _It's like `shareReplay`, but by an id, for its owner alone, over several processes, and it ends._
 *
 * ```none
 *  start:             ^
 *  source:            ---a---b---c---(d|)
 *  follow:            ---a---!
 *  follow after 1-1:           (b)-c---(de|)    e: event 'done'
 * ```
 *
 * **Start.** `make` returns chunks of a chat or events of `runTools`. It is subscribed to once, with or without
 * readers. Two starts with the same `key` of the same owner are one run, also at two gateways at once.
 *
 * **Follow.** Emits the events so far, then live, as {@link sse} writes them, and completes with exactly one
 * terminal event. `pipeToResponse`, `toResponse`, `toSse` and `toNestSse` send them as they are. With `after`, the
 * event after that id comes first. It throws a {@link RunError} for an `after` that is not an id.
 *
 * | terminal | the run |
 * | --- | --- |
 * | `done` | the source completed |
 * | `failed` | the source failed, or its gateway was lost (`truncated`) |
 * | `stopped` | `stop` was called |
 * | `abandoned` | it had no reader for `grace` ms, and was stopped |
 * | `closing` | continues, but not here: this gateway shuts down, or its store can't be reached |
 * | `gap` | continues, but events are missing that were asked for: there are more than `maxChunks` |
 *
 * **Owners.** A run of another owner does not exist: it is the same error, and `undefined` or `false`. The ids of
 * runs are 128 random bits.
 *
 * **Lost gateways.** A gateway that gives no sign of life for `lease` ms has lost its runs. A gateway where such a
 * run is read ends it with `failed`, or starts it again. The lost gateway can't write to it any more when it wakes,
 * and unsubscribes from its source. A run is started five times at most.
 *
 * **A store that fails** stops no run and no reader of its own gateway. What was not written is written later.
 * Readers at other gateways get `closing`, and come back.
 *
 * **Close** ends the readers with `closing`. With `onOrphan: 'fail'` it ends the runs of this gateway with
 * `failed`; with `'restart'` it leaves them to the next gateway where they are read. It resolves when the store has
 * all events, or after 5 s. Call it before you close the server and the store.
 *
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`: two timers per run, and two per followed run of
 *   another gateway.
 * - **Memory:** the events of the runs that this gateway makes, until they are written and read.
 *
 * ```ts
 * import { createServer } from 'node:http';
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { createRuns, pipeToResponse } from 'rxjs-ollama/node';
 *
 * const runs = createRuns();
 * const owner = 'ann'; // who has signed in
 * createServer(async (req, res) => {
 *   if (req.method === 'POST') {
 *     const chat$ = fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] });
 *     const { id } = await runs.start(() => chat$, { owner });
 *     const headers = { 'x-run-id': id, 'content-location': `/chat/${id}/events` };
 *     await pipeToResponse(runs.follow(id, { owner }), res, { headers });
 *     return;
 *   }
 *   const id = req.url?.split('/')[2] ?? '';
 *   const after = req.headers['last-event-id']?.toString();
 *   if (await runs.find(id, { owner })) {
 *     await pipeToResponse(runs.follow(id, { owner, after }), res);
 *   } else {
 *     res.writeHead(404).end();
 *   }
 * });
 * ```
 *
 * @param options where runs are kept, and when they are stopped
 * @throws RangeError or TypeError for an option that can't be used
 * @see `fromChatEvents`, {@link memoryStore}, `redisStore`, {@link readFrames}
 */
export function createRuns(options: RunsOptions = {}): Runs {
  checkRunsOptions(options);
  const {
    scheduler = asyncScheduler,
    store = memoryStore({ scheduler }),
    grace = 30_000,
    lease = 15_000,
    ttl = 300_000,
    onOrphan = 'fail',
    maxChunks = 100_000,
    restart,
    toPublicError,
  } = options;
  const gateway = createGateway({
    ...{ store, scheduler, grace, lease, ttl, onOrphan, maxChunks, restart, toPublicError },
  });
  const { getSession } = gateway;

  /** Does something that may wait for the store, but not for ever. */
  const patiently = async (act: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    const controller = new AbortController();
    const { signal } = controller;
    await Promise.race([act(signal), pause(PATIENCE_MS, scheduler, signal)]);
    controller.abort();
  };
  /**
   * What the store has of a run, for its owner.
   *
   * @throws RunError if a run that the store doesn't have may live all the same
   */
  const getRecord = async (id: string, owner: string): Promise<RunRecord | undefined> => {
    if (!isRunId(id)) return undefined;
    gateway.listen();
    const record = await store.get(id);
    if (!record && gateway.isUnsure()) throw unsure();
    return record?.owner === owner ? record : undefined;
  };

  return {
    async start(make, startOptions) {
      checkStart(startOptions);
      const { owner, key, input } = startOptions;
      return { id: await gateway.create({ owner, key, input: writeInput(input) }, make) };
    },

    async find(id, { owner }) {
      checkOwner(owner);
      const session = getSession(id);
      if (session) {
        const { run, hasEnded, log } = session;
        if (run.owner !== owner) return undefined;
        return { id, ended: hasEnded, last: log.last, input: readInput(run.input) };
      }
      const record = await getRecord(id, owner);
      if (!record) return undefined;
      const { ended, last, input } = record;
      return { id, ended, last, input: readInput(input) };
    },

    follow(id, followOptions) {
      const { owner, after } = followOptions;
      checkOwner(owner);
      if (after !== undefined && !readEventId(after)) {
        throw new RunError('after is not the id of an event, such as 1-5.', 'bad-id');
      }
      return defer(() => {
        if (!isRunId(id)) throw notFound();
        const reading = new AbortController();
        const frames = readRun(gateway, id, followOptions, reading.signal);
        return from(atPace(frames, paceOfSubscriber())).pipe(
          finalize(() => {
            reading.abort();
          }),
        );
      });
    },

    async stop(id, { owner }) {
      checkOwner(owner);
      const session = getSession(id);
      if (session) {
        if (session.run.owner !== owner || session.hasEnded) return false;
        session.end(terminalFrame({ type: 'stopped' }));
        await patiently((signal) => session.settled(signal));
        return true;
      }
      const record = await getRecord(id, owner);
      return record !== undefined && !record.ended && stopElsewhere(gateway, id, record);
    },

    async decide(id, callId, approval, { owner }) {
      checkOwner(owner);
      const session = getSession(id);
      if (session) return session.run.owner === owner && session.decide(callId, approval);
      const record = await getRecord(id, owner);
      return record !== undefined && decideElsewhere(gateway, id, record, callId, approval);
    },

    async close() {
      if (!gateway.isClosing()) await patiently((signal) => gateway.close(signal));
    },
  };
}

/** The frames, no faster than their consumer takes them. */
async function* atPace<T>(frames: AsyncIterable<T>, pace: Pace | undefined): AsyncGenerator<T> {
  for await (const frame of frames) {
    yield frame;
    await pace?.ready();
  }
}
