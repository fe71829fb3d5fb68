import { map, pipe, startWith } from 'rxjs';
import { checkCount } from '../time.js';
import type { Streamed } from '../tools/events.js';
import { HEARTBEAT, OPENING, type SseFrame } from '../wire/chatEvents.js';
import type { Format } from './format.js';
import { toFrames, writeFrame } from './frames.js';
import { SSE_HEADERS } from './headers.js';

/** How server-sent events are written. */
export interface SseOptions {
  /**
   * How long an `EventSource` waits before it connects again, in whole ms. `Infinity` is the longest time
   * that browsers can wait: 24 days. @defaultValue what the client decides
   */
  readonly retry?: number | undefined;
}

/** The longest time of a timer. Browsers fire a longer one at once. */
const MAX_RETRY_MS = 2 ** 31 - 1;

/**
 * Server-sent events, which `EventSource` and `fromChatEvents` read: one event per chunk, or per event of a
 * run. It is the default format.
 *
 * _It's like `JSON.stringify`, but each value is an event with a name and an id, and the end is an event too._
 *
 * ```none
 *  id: 1-1
 *  event: chunk
 *  data: {"model":"qwen3","created_at":"…","message":{"role":"assistant","content":"Hel"},"done":false}
 *
 *  id: 1-2
 *  event: done
 *  data: {"type":"done"}
 * ```
 *
 * - **Names:** `chunk` for a chunk, otherwise the `type` of the event of the run.
 * - **The end:** exactly one event, the last: `done`, or `failed` with `code` and `message`. No event is named
 *   `error`, which is what an `EventSource` calls a broken connection.
 * - **Ids:** `1-1`, `1-2` and so on, without holes.
 * - **Comments:** `: open` at once, so that headers are not held back; `: hb` is the heartbeat.
 *
 * An `EventSource` connects again when a response ends, and so asks the model again. Close it at `done` and
 * `failed`, or answer a request that has a `Last-Event-ID` with the status 204.
 *
 * ```ts
 * import { createServer } from 'node:http';
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { pipeToResponse, sse } from 'rxjs-ollama/node';
 *
 * createServer((_, res) => {
 *   const chat$ = fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] });
 *   void pipeToResponse(chat$, res, { format: sse({ retry: 5000 }) });
 * });
 * ```
 *
 * @param options how long an `EventSource` waits
 * @throws RangeError for a `retry` that is not a whole number from 0
 * @see {@link ndjson}, {@link toSse}
 */
export function sse(options: SseOptions = {}): Format<Streamed | SseFrame> {
  const { retry } = options;
  checkCount('retry', retry, 0);
  const opening =
    retry === undefined ? OPENING : `retry: ${String(Math.min(retry, MAX_RETRY_MS))}\n${OPENING}`;
  return {
    headers: SSE_HEADERS,
    commit: 'now',
    heartbeat: HEARTBEAT,
    encode: (encodeOptions) => pipe(toFrames(encodeOptions), map(writeFrame), startWith(opening)),
  };
}
