import type { LogEntry, RunRecord, RunStore, Standing } from '../node/runs/runStore.js';
import type { SseFrame } from '../wire/chatEvents.js';
import { readStream } from './readStream.js';
import type { RedisClientLike } from './redisClient.js';
import {
  APPEND,
  CLAIM,
  CREATE,
  EXPIRE,
  GET,
  PRESENT,
  RENEW,
  createScriptRunner,
} from './scripts.js';
import { createStreamHub } from './streamHub.js';
import { compareStreamIds, readEntries, type StreamEntry } from './streamReply.js';

/** The connections of {@link redisStore}. */
export interface RedisStoreClients {
  /** For commands. It may be used for other things too. */
  readonly client: RedisClientLike;
  /**
   * Reads runs of other gateways: one connection for all runs, or several that share them. They block, so
   * nothing else can use them.
   */
  readonly reader: RedisClientLike | readonly RedisClientLike[];
  /**
   * What the names of all keys begin with. In a cluster it needs a hash tag, such as `{ollama}:`, since a run
   * has several keys. @defaultValue `'rxjs-ollama:'`
   */
  readonly prefix?: string | undefined;
}

/** How many messages for gateways are kept. */
const MAX_SIGNALS = '1000';
/** How long they are kept, in ms. */
const SIGNALS_MS = '3600000';

/**
 * Keeps runs in Redis, so that several gateways share them: in a stream per run, whose ids are those of the
 * events.
 *
 * _It's like `memoryStore`, but for all processes that share a Redis._
 *
 * It works with Redis 6.2 or later, and with servers that speak its protocol, with scripts and streams.
 *
 * - **Connections:** `client` sends commands. `reader` waits for events of other gateways and for their messages,
 *   for all runs at once. Close both after `close()` of the runs.
 * - **Errors:** a listener for `error` is added to each client: without one, the process ends when the server goes.
 *   Add your own to log them. Set `disableOfflineQueue: true` on `client`, so that a command is refused at once
 *   while there is no connection, instead of waiting for it.
 * - **Durability:** what Redis has. Events that it loses, as in a failover, are written again by the gateway of a run that
 *   still runs.
 * - **Memory:** about 170 bytes in Redis per chunk of a word. A key that nothing renews expires.
 * - **Clusters:** a run has several keys. A `prefix` with a hash tag keeps them on one node.
 *
 * ```ts
 * import { createClient } from 'redis';
 * import { createRuns } from 'rxjs-ollama/node';
 * import { redisStore } from 'rxjs-ollama/redis';
 *
 * const client = createClient({ disableOfflineQueue: true });
 * const reader = client.duplicate();
 * await Promise.all([client.connect(), reader.connect()]);
 * export const runs = createRuns({ store: redisStore({ client, reader }) });
 * ```
 *
 * @param clients the connections, and what the names of keys begin with
 * @throws TypeError if there is no reader
 * @see `createRuns`, `memoryStore`
 */
export function redisStore(clients: RedisStoreClients): RunStore {
  const { client, reader, prefix = 'rxjs-ollama:' } = clients;
  const readers: readonly RedisClientLike[] = 'sendCommand' in reader ? [reader] : reader;
  for (const each of new Set([client, ...readers])) each.on('error', () => undefined);
  const script = createScriptRunner(client);
  const wakeKey = `${prefix}wake:${crypto.randomUUID()}:`;
  const hubs = readers.map((each, at) => createStreamHub(each, client, wakeKey + String(at)));
  const [signalHub] = hubs;
  if (!signalHub) {
    throw new TypeError(
      'redisStore has no reader. Pass a connection of its own, as client.duplicate().',
    );
  }
  const signalsKey = `${prefix}signals`;
  let lastSignal = '0-0';

  const runKey = (id: string): string => `${prefix}run:${id}`;
  const logKey = (id: string): string => `${prefix}log:${id}`;
  const seenKey = (id: string): string => `${prefix}seen:${id}`;
  const keysOf = (id: string): string[] => [runKey(id), logKey(id), `${prefix}lease:${id}`];
  /** Always the same one for a run. Ids are random, so that each gets as many. */
  const hubOf = (id: string) => hubs[parseInt(id.slice(0, 4), 16) % hubs.length] ?? signalHub;

  return {
    async create({ id, owner, key, input, attempt, holder, leaseMs, keepMs, maxChunks }) {
      const indexKey = `${prefix}key:${JSON.stringify([owner, key])}`;
      const most = Number.isFinite(maxChunks) ? String(maxChunks) : '';
      const args = [id, owner, key ?? '', input ?? '', String(attempt), holder];
      const times = [toMs(leaseMs), toMs(keepMs), most, runKey('')];
      return String(await script(CREATE, [...keysOf(id), indexKey], [...args, ...times]));
    },
    async get(id): Promise<RunRecord | undefined> {
      const reply = await script(GET, keysOf(id), []);
      if (!reply) return undefined;
      const [owner, key, input, attempt, ended, last, leaseMs] = reply as string[];
      return {
        owner: owner ?? '',
        key: key || undefined,
        input: input || undefined,
        last: last || undefined,
        attempt: Number(attempt),
        leaseMs: Math.max(0, Number(leaseMs)),
        ended: ended === '1',
      };
    },
    async claim(id, holder, leaseMs) {
      const attempt = await script(CLAIM, keysOf(id), [holder, toMs(leaseMs)]);
      return attempt ? Number(attempt) : undefined;
    },
    async renew(id, attempt, leaseMs) {
      return (await script(RENEW, keysOf(id), [String(attempt), toMs(leaseMs)])) as Standing;
    },
    async append(id, attempt, seq, frames, ends = false, after = seq - 1) {
      const args = [String(attempt), String(seq), String(after), ends ? '1' : ''];
      for (const { event, data } of frames) args.push(event, data);
      return (await script(APPEND, keysOf(id), args)) as Standing | 'behind';
    },
    async *read(id, after, signal) {
      const entries = readStream(client, hubOf(id), logKey(id), after ?? '0-0', signal);
      for await (const entry of entries) yield toLogEntry(entry);
    },
    async signal(id, message) {
      const entry = ['*', 'i', id, 'm', message];
      await Promise.all([
        client.sendCommand(['XADD', signalsKey, 'MAXLEN', '~', MAX_SIGNALS, ...entry]),
        client.sendCommand(['PEXPIRE', signalsKey, SIGNALS_MS]),
      ]);
    },
    async *signals(signal) {
      // A Redis that was restored from an older copy, or whose clock is behind, gives ids below the last one that
      // was heard. What comes twice then does no harm.
      const [newest] = readEntries(
        await client.sendCommand(['XREVRANGE', signalsKey, '+', '-', 'COUNT', '1']),
      );
      if (!newest || compareStreamIds(newest.id, lastSignal) < 0) lastSignal = '0-0';
      for await (const { id, fields } of readStream(
        client,
        signalHub,
        signalsKey,
        lastSignal,
        signal,
      )) {
        lastSignal = id;
        yield { id: fields.get('i') ?? '', message: fields.get('m') ?? '' };
      }
    },
    async present(id, ms) {
      await script(PRESENT, [seenKey(id)], [toMs(ms)]);
    },
    async isPresent(id) {
      return Number(await client.sendCommand(['EXISTS', seenKey(id)])) === 1;
    },
    async expire(id, ms) {
      await script(EXPIRE, keysOf(id), [toMs(ms)]);
    },
  };
}

/** What it was made of by `append`. */
function toLogEntry({ id, fields }: StreamEntry): LogEntry {
  const previous = fields.get('p');
  const frame: SseFrame = {
    event: fields.get('e') as SseFrame['event'],
    data: fields.get('d') ?? '',
  };
  return { id, frame, ...(previous !== undefined && { previous }) };
}

/** The longest time that is sent, in ms: three thousand years. */
const MAX_MS = 1e14;

/** Redis has whole ms. */
function toMs(ms: number): string {
  return String(Math.ceil(Math.min(ms, MAX_MS)));
}
