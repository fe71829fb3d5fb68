import type { Observable } from 'rxjs';
import { completeOptions, type DeliverOptions } from './deliverOptions.js';
import type { Streamed } from '../tools/events.js';
import { toReadableStream } from './toReadableStream.js';

/**
 * Makes a web `Response` that streams, for servers whose handlers return one: Hono, Next.js, Bun, Deno,
 * workers, Fastify, and Nest.
 *
 * _It's like `Response.json`, but of many values, while they arrive._
 *
 * - The source is subscribed to when the body is read. When the client leaves, the server cancels the body:
 *   the source is unsubscribed from, and the model stops.
 * - The status is sent before the source is subscribed to. If the source then fails at once, the last text says
 *   so. {@link pipeToResponse} can answer with a status of its own.
 * - A client that falls more than `maxBuffered` bytes behind is dropped. A run that is followed waits for it
 *   instead.
 *
 * ```ts
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { toResponse } from 'rxjs-ollama/node';
 *
 * export const handle = (): Response =>
 *   toResponse(fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }));
 * ```
 *
 * @param source$ chunks, events of a run, or what the format takes
 * @param options the format, headers, and what to do with a slow client
 * @throws RangeError or TypeError for an option that can't be used
 * @see {@link pipeToResponse}, {@link toReadableStream}
 */
export function toResponse<T = Streamed>(
  source$: Observable<T>,
  options: DeliverOptions<T> = {},
): Response {
  const { headers, status } = completeOptions(options);
  return new Response(toReadableStream(source$, options), { status, headers });
}
