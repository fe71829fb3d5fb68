import {
  Subject,
  asyncScheduler,
  defer,
  merge,
  tap,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';
import { createRecorder, type RecorderOptions } from '../core/recording.js';
import { checkScheduler } from '../time.js';
import { isPromise } from '../transport/fromReply.js';
import type { AnyChatChunk } from '../types/index.js';

/** What a sink returns: anything but a promise, since `recordChat` doesn't wait for one. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- `console.log` returns void
type NoPromise = void | null | undefined | { readonly then?: never; toString(): string };

/**
 * Where the lines of a recording go: a function, or an object with `write`, such as a stream. It has to be
 * synchronous: asynchronous writes could overtake each other.
 */
export type RecordingSink =
  | ((line: string) => NoPromise)
  | {
      /** Gets each line, with its newline. */
      readonly write: (line: string) => NoPromise;
    };

/** Options of {@link recordChat}. */
export interface RecordChatOptions extends RecorderOptions {
  /** The clock of the recording. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Writes each chunk and its time to a sink, and emits the chunk unchanged.
 *
 * _It's like `tap`, but `replayChat` can emit again what was written._
 *
 * ```none
 *  source:  --a-----b-(d|)    a: 'Hel'  b: 'lo'  d: done
 *           recordChat(sink)
 *  result:  --a-----b-(d|)
 *  sink:    --(hx)--y-(zw)    h: header  x: at 20: 'Hel'  y: at 80: 'lo'  z: at 100: done
 *                             w: at 100: 'complete'
 * ```
 *
 * The sink is called with NDJSON, one line per call with its newline: a header, one line for each chunk before
 * the chunk is emitted, and one line for the end. The end is `complete`, an error, or `left` if the
 * subscriber unsubscribed. The sink is not closed. A second subscription makes a second recording, which needs
 * a sink of its own: create it in `defer`.
 *
 * The types refuse an `async` sink. Where there are no types, a promise that the sink returns is observed:
 * its rejection is an error of the result, and completion waits for it; chunks don't.
 *
 * After unsubscribing there is no subscriber for what the sink throws: `unsubscribe` throws it.
 *
 * - **Completes:** with the source, once the last line is written.
 * - **Errors:** those of the source, unchanged; what the sink or `redact` throws, after which nothing more
 *   is written; an {@link OllamaProtocolError} for a chunk that JSON can't express.
 * - **Unsubscribes:** from the source, synchronously; then writes the line `left`.
 * - **Memory:** nothing is kept.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; as a clock, without a timer.
 *
 * ```ts
 * import { createWriteStream } from 'node:fs';
 * import { finalize } from 'rxjs';
 * import { fromOllamaChat, recordChat } from 'rxjs-ollama';
 *
 * const file = createWriteStream('chat.ndjson');
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(
 *     recordChat(file),
 *     finalize(() => file.end()),
 *   )
 *   .subscribe((chunk) => process.stdout.write(chunk.message.content));
 * ```
 *
 * @param sink where the lines go
 * @throws TypeError if `scheduler` is not a scheduler
 * @see `replayChat`, {@link tapThroughput}
 */
export function recordChat<C extends AnyChatChunk>(
  sink: RecordingSink,
  options: RecordChatOptions = {},
): MonoTypeOperatorFunction<C> {
  const { scheduler = asyncScheduler } = options;
  checkScheduler(scheduler);
  return (source) =>
    defer(() => {
      const recorder = createRecorder(options);
      const start = scheduler.now();
      const writes = new Subject<never>();
      // The source, and each promise of the sink.
      let unsettled = 1;
      let failed = false;

      const settle = (): void => {
        unsettled--;
        if (!unsettled) writes.complete();
      };
      const fail = (error: unknown): void => {
        failed = true;
        writes.error(error);
      };
      const write = (lines: (at: number) => readonly string[]): void => {
        try {
          for (const line of lines(scheduler.now() - start)) {
            const returned: unknown = typeof sink === 'function' ? sink(line) : sink.write(line);
            if (isPromise(returned)) {
              unsettled++;
              returned.then(settle, fail);
            }
          }
        } catch (error) {
          failed = true;
          throw error;
        }
      };

      const recorded = source.pipe(
        tap<C>({
          next: (chunk) => {
            write((at) => recorder.chunk(at, chunk));
          },
          error: (error: unknown) => {
            write((at) => recorder.error(at, error));
          },
          complete: () => {
            write((at) => recorder.complete(at));
            settle();
          },
          unsubscribe: () => {
            // RxJS also calls this after the sink failed.
            if (!failed) write((at) => recorder.left(at));
          },
        }),
      );
      return merge(recorded, writes);
    });
}
