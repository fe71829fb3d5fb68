import type { Observable, Subscription } from 'rxjs';
import { completeOptions, type DeliverOptions } from './deliverOptions.js';
import { dropSlow } from './dropSlow.js';
import { AHEAD_BYTES, createPace, subscribeAtPace } from './pace.js';
import type { Streamed } from '../tools/events.js';
import { toText } from './toText.js';

/**
 * Makes the body of a response as a web stream. It needs nothing of Node, so it works in Deno, Bun and
 * workers too.
 *
 * _It's like `subscribe`, but the reader of the stream starts and cancels it._
 *
 * - The source is subscribed to by the first read. `cancel()` unsubscribes from it.
 * - The stream ends well also when the source fails: the last text says so, in the way of the format.
 * - A reader that falls more than `maxBuffered` bytes behind gets an error, and the source is
 *   unsubscribed from. A run that is followed waits for its reader instead.
 *
 * `status` and `headers` of the options are for {@link toResponse} and are not used here.
 *
 * ```ts
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { ndjson, toReadableStream } from 'rxjs-ollama/node';
 *
 * const chat$ = fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] });
 * await fetch('https://example.com/log', {
 *   method: 'POST',
 *   body: toReadableStream(chat$, { format: ndjson() }),
 *   duplex: 'half',
 * } as RequestInit);
 * ```
 *
 * @param source$ chunks, events of a run, or what the format takes
 * @param options the format, and what to do with a slow reader
 * @throws RangeError or TypeError for an option that can't be used
 * @see {@link toResponse}
 */
export function toReadableStream<T = Streamed>(
  source$: Observable<T>,
  options: DeliverOptions<T> = {},
): ReadableStream<Uint8Array> {
  const { format, maxBuffered } = completeOptions(options);
  const text$ = source$.pipe(toText(format, options));
  const pace = createPace();
  const ahead = Math.min(AHEAD_BYTES, maxBuffered / 2);
  let subscription: Subscription | undefined;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pace.release();
        if (subscription) return;
        // With a high-water mark of 0, it is the negative number of bytes in the queue.
        const unsent = (): number => -(controller.desiredSize ?? 0);
        const bytes$ = text$.pipe(dropSlow(maxBuffered, unsent));
        // The reader can't cancel while `subscribe` runs: it gets its first bytes in a later microtask.
        subscription = subscribeAtPace(pace, () =>
          bytes$.subscribe({
            next: (bytes) => {
              controller.enqueue(bytes);
              if (unsent() > ahead) pace.hold();
            },
            error: (error: unknown) => {
              controller.error(error);
            },
            complete: () => {
              controller.close();
            },
          }),
        );
      },
      cancel() {
        subscription?.unsubscribe();
      },
    },
    // Nothing is read ahead, so that a body that is never read makes no request.
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  );
}
