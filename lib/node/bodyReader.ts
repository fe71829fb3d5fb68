import type { IncomingMessage } from 'node:http';
import type { Read, Reader } from '../transport/reader.js';

type OnRead = (read: Read<Uint8Array>) => void;

/**
 * Reads the body of a response of `node:http`. The socket flows while somebody waits for the next read, and is
 * paused otherwise.
 */
export function createBodyReader(
  incoming: IncomingMessage,
  signal: AbortSignal | undefined,
): Reader<Uint8Array> {
  /** What came while nobody waited: what a paused socket had read already. */
  const queue: Uint8Array[] = [];
  let end: { readonly error?: unknown } | undefined;
  let onRead: OnRead | undefined;
  let onError: ((error: unknown) => void) | undefined;

  const settle = (): void => {
    const [give, refuse] = [onRead, onError];
    onRead = onError = undefined;
    if (!end || !give) return;
    if ('error' in end) refuse?.(end.error);
    else give({ done: true });
  };
  incoming.once('end', () => {
    end ??= {};
    settle();
  });
  incoming.once('error', (cause) => {
    end ??= { error: signal?.aborted ? signal.reason : new TypeError('terminated', { cause }) };
    settle();
  });

  const start = (): void => {
    incoming.on('data', (value: Uint8Array) => {
      const give = onRead;
      onRead = onError = undefined;
      if (give) give({ value });
      else queue.push(value);
      // Whoever was given something has asked for more by now, or is busy with it.
      if (!onRead) incoming.pause();
    });
  };

  let started = false;
  const take: NonNullable<Reader<Uint8Array>['take']> = (give, refuse) => {
    const value = queue.shift();
    if (value) {
      give({ value });
      return;
    }
    onRead = give;
    onError = refuse;
    if (end) settle();
    else if (started) incoming.resume();
    else {
      started = true;
      start();
    }
  };

  return {
    take,
    read: () => new Promise(take),
    cancel() {
      end ??= {};
      incoming.destroy();
      settle();
      return Promise.resolve();
    },
  };
}
