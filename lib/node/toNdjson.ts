import type { OperatorFunction } from 'rxjs';
import type { Streamed } from '../tools/events.js';
import type { SseFrame } from '../wire/chatEvents.js';
import { ndjson } from './ndjson.js';
import { checkTextOptions, toText, type TextOptions } from './toText.js';

/**
 * Emits lines of JSON, to write to a response, a socket or a file by your own means.
 *
 * _It's like `map(JSON.stringify)`, but the end of the source is a line too._
 *
 * ```none
 *  source:  ---a--(d|)     a: 'Hel'  d: done
 *           toNdjson()     -: 10 ms
 *  result:  o--a--(de|)    o: an empty line  a: line: 'Hel'  d: line: done  e: {"type":"done"}
 * ```
 *
 * {@link ndjson} says what the lines are.
 *
 * - **Completes:** after the line of `done` or `failed`.
 * - **Errors:** none. An error of the source becomes the line of `failed`.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** the messages of a run.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`: one timer, for `heartbeat`.
 *
 * ```ts
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { toNdjson } from 'rxjs-ollama/node';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(toNdjson({ heartbeat: 0 }))
 *   .subscribe((line) => process.stdout.write(line));
 * ```
 *
 * @param options heartbeat and errors
 * @throws RangeError or TypeError for an option that can't be used
 * @see {@link toSse}
 */
export function toNdjson(options: TextOptions = {}): OperatorFunction<Streamed | SseFrame, string> {
  checkTextOptions(options);
  return toText(ndjson(), options);
}
