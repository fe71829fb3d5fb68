import { defer, map, type OperatorFunction } from 'rxjs';

/** The client reads so slowly that too much waits for it. */
export class SlowClientError extends Error {
  override readonly name = 'SlowClientError';
}

/**
 * Makes bytes of texts. Fails with a {@link SlowClientError} at the first text that comes while more than
 * `maxBuffered` bytes are unsent, besides the largest text among them: a client needs its time for that one.
 */
export function dropSlow(
  maxBuffered: number,
  unsent: () => number,
): OperatorFunction<string, Uint8Array> {
  const encoder = new TextEncoder();
  return (source) =>
    defer(() => {
      /** The size of the largest text that may be unsent. */
      let largest = 0;
      return source.pipe(
        map((text) => {
          const waiting = unsent();
          largest = Math.min(largest, waiting);
          if (waiting - largest > maxBuffered) throw toError(maxBuffered);
          const bytes = encoder.encode(text);
          largest = Math.max(largest, bytes.byteLength);
          return bytes;
        }),
      );
    });
}

function toError(maxBuffered: number): SlowClientError {
  return new SlowClientError(
    `The client reads too slowly: more than ${String(maxBuffered)} bytes wait for it. ` +
      'Raise maxBuffered if clients should get more time.',
  );
}
