import {
  asyncScheduler,
  defer,
  tap,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
} from 'rxjs';
import { createRecorder, type RecorderOptions } from '../core/recording.js';
import type { ChatChunk } from '../types/index.js';

/** Where the lines of a recording go: a function, or anything that is written to, such as a stream. */
export type RecordingSink =
  ((line: string) => unknown) | { readonly write: (line: string) => unknown };

/** What {@link recordChat} writes. */
export interface RecordChatOptions extends RecorderOptions {
  /** The clock of the recording. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike;
}

/**
 * Writes down what comes and when, and lets the chunks through as they are.
 *
 * _It's like `tap`, but what it writes can be played again._
 *
 * ```none
 *  source:  --a-----b-(d|)    a: 'Hel'  b: 'lo'  d: done
 *           recordChat(sink)
 *  result:  --a-----b-(d|)
 *  sink:    --(hx)--y-(zw)    h: {format: 'rxjs-ollama-recording', version: 1, model: 'test'}
 *                             x: at 2: 'Hel'  y: at 8: 'lo'  z: at 10: done  w: at 10: 'complete'
 * ```
 *
 * The sink is given NDJSON, a line a call with its newline: a header, one line for each chunk before
 * it goes on, and one for how it ended: complete, with an error, or left by the consumer. It is not
 * closed. A second subscription makes a second recording, which needs a sink of its own: make it in
 * `defer` where there may be several.
 *
 * Once the consumer has left there is nobody to tell what the sink throws: then `unsubscribe` throws it.
 *
 * - **Completes:** with the source, once the last line is written.
 * - **Errors:** those of the source, unchanged; and what the sink or `redact` throws, after which
 *   nothing more is written.
 * - **Unsubscribes:** from the source, in the same frame; then the line is written that says so.
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
 * @see `replayChat`, {@link tapThroughput}
 */
export function recordChat<C extends ChatChunk>(
  sink: RecordingSink,
  { scheduler = asyncScheduler, ...options }: RecordChatOptions = {},
): MonoTypeOperatorFunction<C> {
  return (source) =>
    defer(() => {
      const recorder = createRecorder(options);
      const start = scheduler.now();
      let failed = false;

      const write = (lines: (at: number) => readonly string[]): void => {
        try {
          for (const line of lines(scheduler.now() - start)) {
            if (typeof sink === 'function') sink(line);
            else sink.write(line);
          }
        } catch (error) {
          failed = true;
          throw error;
        }
      };

      return source.pipe(
        tap<C>({
          next: (chunk) => {
            write((at) => recorder.chunk(at, chunk));
          },
          error: (error: unknown) => {
            write((at) => recorder.error(at, error));
          },
          complete: () => {
            write((at) => recorder.complete(at));
          },
          unsubscribe: () => {
            // For RxJS it was also left when the sink has failed.
            if (!failed) write((at) => recorder.left(at));
          },
        }),
      );
    });
}
