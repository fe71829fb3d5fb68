import { EMPTY, Subscription, concat, defer, map, noop, type Observable } from 'rxjs';
import type { PublicError } from '../wire/chatEvents.js';
import { completeOptions, type DeliverOptions } from './deliverOptions.js';
import { SlowClientError, dropSlow } from './dropSlow.js';
import type { Streamed } from '../tools/events.js';
import { toHttpStatus } from './httpStatus.js';
import { AHEAD_BYTES, createPace, subscribeAtPace } from './pace.js';
import { isGone, onClose, toHeaderRecord, type NodeResponseLike } from './nodeResponse.js';
import { toText } from './toText.js';

/**
 * How a response ended.
 *
 * - `'completed'`: the source completed, and all of it was sent
 * - `'failed'`: the source failed, and the client was sent what it may know of that
 * - `'left'`: the client left before the end
 * - `'slow'`: the client was dropped, because too much waited for it
 */
export interface Delivered {
  /** How it ended. */
  readonly outcome: 'completed' | 'failed' | 'left' | 'slow';
  /** How many bytes of the body were handed to the response. */
  readonly bytes: number;
  /** What the source failed with, for a log of the server. It may have what no client should get. */
  readonly error?: unknown;
}

/**
 * Writes a source to a response of Node while it streams. When the client leaves, at any moment, the source
 * is unsubscribed from, and the model stops.
 *
 * _It's like `pipeline` of `node:stream`, but of an Observable, and it never rejects._
 *
 * - **The end of the client** is noticed by `close` of the response. `close` of a request comes when its body
 *   has been read, so it says nothing.
 * - **Headers** are sent at once, or with the first text, as the format has it. With {@link ollama} and
 *   {@link openAi} a source that fails before its first text is answered with a status, such as 404.
 * - **Slow clients** are dropped, and the model stops, when more than `maxBuffered` bytes wait for them. A run that
 *   is followed waits for them instead: its events are in a log.
 * - **Errors** of the source become the last text. The promise resolves to them, for your log.
 *
 * It works with responses of `node:http`, `node:https`, `node:http2` and Express, with `reply.raw` of
 * Fastify after `reply.hijack()`, and with `@Res()` of Nest.
 *
 * ```ts
 * import { createServer } from 'node:http';
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { pipeToResponse } from 'rxjs-ollama/node';
 *
 * createServer(async (_, res) => {
 *   const chat$ = fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] });
 *   const { outcome, error } = await pipeToResponse(chat$, res);
 *   if (outcome === 'failed') console.error(error);
 * });
 * ```
 *
 * @param source$ chunks, events of a run, or what the format takes
 * @param res the response; nothing may have been written to it
 * @param options the format, headers, and what to do with a slow client
 * @returns how the response ended, when its connection is free or closed
 * @throws RangeError or TypeError for an option that can't be used
 * @see {@link toResponse}, {@link sse}
 */
export function pipeToResponse<T = Streamed>(
  source$: Observable<T>,
  res: NodeResponseLike,
  options: DeliverOptions<T> = {},
): Promise<Delivered> {
  const { format, maxBuffered, headers, status } = completeOptions(options);
  if (isGone(res)) return Promise.resolve({ outcome: 'left', bytes: 0 });
  return new Promise((resolve) => {
    let bytes = 0;
    let hasEnded = false;
    let isSlow = false;
    let failure: { readonly error: unknown; readonly publicError?: PublicError } | undefined;

    const writeHead = (code: number): void => {
      if (!res.headersSent) res.writeHead(code, toHeaderRecord(headers));
    };
    const text$ = source$.pipe(
      toText(format, options, (error, publicError) => {
        failure = { error, publicError };
      }),
    );
    const first = (text: string): string => {
      if (!failure?.publicError || res.headersSent) {
        writeHead(status);
        return text;
      }
      headers.set('Content-Type', 'application/json; charset=utf-8');
      writeHead(toHttpStatus(failure.error));
      return format.failure?.(failure.publicError) ?? text;
    };

    const subscription = new Subscription();
    const pace = createPace();
    const ahead = Math.min(AHEAD_BYTES, maxBuffered / 2);
    res.on('drain', pace.release);
    // What is written to a connection that has just been closed is an error of the response.
    res.on('error', noop);
    onClose(res, () => {
      subscription.unsubscribe();
      resolve({ outcome: readOutcome(), bytes, ...(failure && { error: failure.error }) });
    });

    const head$ = defer(() => {
      writeHead(status);
      return EMPTY;
    });
    const bytes$ = (
      format.commit === 'now'
        ? concat(head$, text$)
        : concat(text$.pipe(map((text, at) => (at ? text : first(text)))), head$)
    ).pipe(dropSlow(maxBuffered, () => res.writableLength));
    subscription.add(
      subscribeAtPace(pace, () =>
        bytes$.subscribe({
          next: (each) => {
            bytes += each.byteLength;
            if (res.write(each) === false && res.writableLength > ahead) pace.hold();
          },
          error: (error: unknown) => {
            if (error instanceof SlowClientError) isSlow = true;
            else failure = { error };
            res.destroy();
          },
          complete: () => {
            hasEnded = true;
            res.end();
          },
        }),
      ),
    );
    if (!bytes && format.commit === 'now') res.flushHeaders?.();

    function readOutcome(): Delivered['outcome'] {
      if (isSlow) return 'slow';
      if (failure && !failure.publicError) return 'failed';
      if (!hasEnded || !res.writableFinished) return 'left';
      return failure ? 'failed' : 'completed';
    }
  });
}
