import { map, pipe, startWith } from 'rxjs';
import type { Streamed } from '../tools/events.js';
import { NDJSON_TYPE, type SseFrame } from '../wire/chatEvents.js';
import type { Format } from './format.js';
import { toEvents } from './frames.js';
import { UNBUFFERED } from './headers.js';

/** An empty line, which readers of NDJSON skip. */
const EMPTY_LINE = '\n';

/**
 * The data of the server-sent events as lines, which `fromChatEvents` reads. For clients that read by `fetch`,
 * and for other programs.
 *
 * _It's like `sse`, but without names and ids: each line is the JSON of one value._
 *
 * ```none
 *  {"model":"qwen3","created_at":"…","message":{"role":"assistant","content":"Hel"},"done":false}
 *  {"type":"done"}
 * ```
 *
 * - **Lines:** a chunk as Ollama sends it, or an event of a run, which has a `type`.
 * - **The end:** exactly one line, the last: `{"type":"done"}`, or `"failed"` with `code` and `message`.
 * - **Empty lines:** one at once, so that headers are not held back, and one as the heartbeat.
 *
 * For clients of Ollama itself, use {@link ollama}: they don't know the last line.
 *
 * ```ts
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { ndjson, toResponse } from 'rxjs-ollama/node';
 *
 * // A handler of a server whose requests are those of the web, such as Hono.
 * export const handle = (): Response => {
 *   const chat$ = fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] });
 *   return toResponse(chat$, { format: ndjson() });
 * };
 * ```
 *
 * @see {@link sse}, {@link toNdjson}
 */
export function ndjson(): Format<Streamed | SseFrame> {
  return {
    headers: { 'Content-Type': NDJSON_TYPE, ...UNBUFFERED },
    commit: 'now',
    heartbeat: EMPTY_LINE,
    encode: (options) =>
      pipe(
        toEvents(options),
        map(({ data }) => `${data}\n`),
        startWith(EMPTY_LINE),
      ),
  };
}
