import type { RedisClientLike } from './redisClient.js';
import { readStreams, type StreamEntry } from './streamReply.js';

/** How long one read blocks, in ms: a connection that died without a word is noticed after it. */
const BLOCK_MS = 5000;
/** How many entries of one stream a read takes at most. */
const COUNT = 1000;
/** How long the stream is kept that wakes a blocked read, in ms. */
const WAKE_MS = 60_000;

/** What gets the entries of a stream. */
interface StreamListener {
  readonly next: (entries: readonly StreamEntry[]) => void;
  readonly error: (error: unknown) => void;
}

/** A stream that is read. */
export interface StreamSubscription {
  /** Entries after this id are delivered. */
  readonly position: string;
  close(): void;
}

/** Reads many streams with one blocking connection. */
export interface StreamHub {
  /** Listens to a stream. If others do already, entries may be delivered only from a later id on. */
  listen(key: string, after: string, listener: StreamListener): StreamSubscription;
}

interface Stream {
  position: string;
  readonly listeners: Set<StreamListener>;
}

/**
 * @param reader blocks, so nothing else can use it
 * @param commands wakes it when there is another stream to read
 * @param wakeKey a stream that only this hub reads
 */
export function createStreamHub(
  reader: RedisClientLike,
  commands: RedisClientLike,
  wakeKey: string,
): StreamHub {
  const streams = new Map<string, Stream>();
  let wakePosition = '0-0';
  let isReading = false;
  let isWaking = false;

  const read = async (): Promise<void> => {
    while (streams.size) {
      isWaking = false;
      const names = [wakeKey, ...streams.keys()];
      const ids = [wakePosition, ...[...streams.values()].map(({ position }) => position)];
      const reply = await reader.sendCommand([
        ...['XREAD', 'COUNT', String(COUNT), 'BLOCK', String(BLOCK_MS), 'STREAMS'],
        ...names,
        ...ids,
      ]);
      for (const [key, entries] of readStreams(reply)) {
        const position = entries.at(-1)?.id;
        if (position === undefined) continue;
        if (key === wakeKey) wakePosition = position;
        const stream = streams.get(key);
        if (!stream) continue;
        stream.position = position;
        for (const listener of stream.listeners) listener.next(entries);
      }
    }
  };
  const start = (): void => {
    isReading = true;
    read()
      .catch((error: unknown) => {
        const failed = [...streams.values()];
        streams.clear();
        for (const { listeners } of failed) for (const { error: fail } of listeners) fail(error);
      })
      .finally(() => {
        isReading = false;
        if (streams.size) start();
      });
  };
  /** Makes the read return that is under way, without the new stream. */
  const wake = (): void => {
    if (isWaking) return;
    isWaking = true;
    const ignore = (): void => undefined;
    commands.sendCommand(['XADD', wakeKey, 'MAXLEN', '1', '*', 'w', '']).catch(ignore);
    commands.sendCommand(['PEXPIRE', wakeKey, String(WAKE_MS)]).catch(ignore);
  };

  return {
    listen(key, after, listener) {
      const stream = streams.get(key) ?? { position: after, listeners: new Set() };
      const isNew = !stream.listeners.size;
      streams.set(key, stream);
      stream.listeners.add(listener);
      if (!isReading) start();
      else if (isNew) wake();
      return {
        position: stream.position,
        close() {
          stream.listeners.delete(listener);
          if (!stream.listeners.size && streams.get(key) === stream) streams.delete(key);
        },
      };
    },
  };
}
