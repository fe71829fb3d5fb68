import { createBell } from '../node/runs/bell.js';
import type { RedisClientLike } from './redisClient.js';
import type { StreamHub, StreamSubscription } from './streamHub.js';
import { compareStreamIds, readEntries, type StreamEntry } from './streamReply.js';

/** How many entries are read at a time. */
const PAGE = 256;
/** How many entries may wait for a reader. With more, it reads them from the stream when it comes to them. */
const MAX_WAITING = 1024;

/** Reads a stream after an id: what it has, then what comes, until the signal aborts. */
export async function* readStream(
  commands: RedisClientLike,
  hub: StreamHub,
  key: string,
  after: string,
  signal: AbortSignal,
): AsyncGenerator<StreamEntry, void, undefined> {
  const bell = createBell();
  const hasLeft = (): boolean => signal.aborted;
  let last = after;
  let waiting: StreamEntry[] = [];
  let isBehind = false;
  const isLive = (): boolean => !isBehind && !hasLeft();
  let failure: { readonly error: unknown } | undefined;
  let live: StreamSubscription | undefined;
  const listener = {
    next(entries: readonly StreamEntry[]) {
      if (waiting.length + entries.length > MAX_WAITING) {
        isBehind = true;
        waiting = [];
      }
      if (!isBehind) waiting.push(...entries);
      bell.ring();
    },
    error(error: unknown) {
      failure = { error };
      bell.ring();
    },
  };
  const getFailure = () => failure;

  try {
    while (!hasLeft()) {
      isBehind = false;
      const reply = await commands.sendCommand([
        'XRANGE',
        key,
        `(${last}`,
        '+',
        'COUNT',
        String(PAGE),
      ]);
      const page = readEntries(reply);
      for (const entry of page) {
        if (hasLeft()) return;
        last = entry.id;
        yield entry;
      }
      if (page.length === PAGE) continue;
      if (!live) {
        live = hub.listen(key, last, listener);
        // Others listen to it: what lies in between is not delivered again.
        if (compareStreamIds(live.position, last) > 0) continue;
      }
      while (isLive()) {
        const entry = waiting.shift();
        const failed = getFailure();
        if (entry) {
          if (compareStreamIds(entry.id, last) <= 0) continue;
          last = entry.id;
          yield entry;
        } else if (failed) throw failed.error;
        else await bell.wait(signal);
      }
    }
  } finally {
    live?.close();
  }
}
