import type { IncomingMessage } from 'node:http';
import type { Read, Reader } from '../transport/reader.js';

type Take = NonNullable<Reader<Uint8Array>['take']>;

/**
 * Reads the body of a response of `node:http`. The socket flows while a read is waited for, and is paused
 * otherwise.
 */
export function createBodyReader(
  incoming: IncomingMessage,
  signal: AbortSignal | undefined,
): Reader<Uint8Array> {
  /** What came while no read was waited for: a paused socket had read it already. */
  const queue: Uint8Array[] = [];
  let waiting: Parameters<Take> | undefined;
  let end: { readonly error?: unknown } | undefined;
  let isFlowing = false;

  const stop = (how: NonNullable<typeof end>): void => {
    end ??= how;
    const [onRead, onError] = waiting ?? [];
    waiting = undefined;
    if ('error' in end) onError?.(end.error);
    else onRead?.({ done: true });
  };
  incoming.once('end', () => {
    stop({});
  });
  incoming.once('error', (cause) => {
    stop({ error: signal?.aborted ? signal.reason : new TypeError('terminated', { cause }) });
  });

  const give = (value: Uint8Array): void => {
    const [onRead] = waiting ?? [];
    waiting = undefined;
    if (onRead) onRead({ value });
    else queue.push(value);
  };

  const flow = (): void => {
    if (isFlowing) {
      incoming.resume();
      return;
    }
    isFlowing = true;
    incoming.on('data', (value: Uint8Array) => {
      give(value);
      // The reader has asked for more by now, or is busy.
      if (!waiting) incoming.pause();
    });
  };

  const take: Take = (onRead, onError) => {
    const value = queue.shift();
    if (value) {
      onRead({ value });
      return;
    }
    waiting = [onRead, onError];
    if (end) stop(end);
    else flow();
  };

  return {
    take,
    read: () => new Promise<Read<Uint8Array>>(take),
    cancel() {
      incoming.destroy();
      stop({});
      return Promise.resolve();
    },
  };
}
