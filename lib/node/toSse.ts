import type { OperatorFunction } from 'rxjs';
import type { Streamed } from '../tools/events.js';
import type { SseFrame } from '../wire/chatEvents.js';
import { sse, type SseOptions } from './sse.js';
import { checkTextOptions, toText, type TextOptions } from './toText.js';

/** How server-sent events are written, and what they say of errors. */
export interface ToSseOptions extends TextOptions, SseOptions {}

/**
 * Emits the text of server-sent events, to write to a response by your own means.
 *
 * _It's like `map` to the text of each value, but the end of the source is a text too._
 *
 * ```none
 *  source:  ---a--(d|)     a: 'Hel'  d: done
 *           toSse()        -: 10 ms
 *  result:  o--a--(de|)    o: ': open'  a: event: chunk  d: event: chunk  e: event: done
 * ```
 *
 * {@link sse} says what the texts are. The functions that make a whole response also drop slow clients,
 * and notice the end of the connection: {@link pipeToResponse}, {@link toResponse}.
 *
 * - **Completes:** after the text of `done` or `failed`.
 * - **Errors:** none. An error of the source becomes the text of `failed`.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** the messages of a run.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`: one timer, for `heartbeat`.
 *
 * ```ts
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { toSse } from 'rxjs-ollama/node';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(toSse({ heartbeat: 5000 }))
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @param options heartbeat, errors, and how long an `EventSource` waits
 * @throws RangeError or TypeError for an option that can't be used
 * @see {@link toNdjson}, {@link toNestSse}
 */
export function toSse(options: ToSseOptions = {}): OperatorFunction<Streamed | SseFrame, string> {
  checkTextOptions(options);
  return toText(sse(options), options);
}
