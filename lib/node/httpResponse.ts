import type { IncomingMessage } from 'node:http';
import type { HttpRequest } from './httpRequest.js';

/** Responses with these statuses have no body. */
const NO_BODY = new Set([204, 205, 304]);
/** As much of a body as waits for a reader, in bytes. */
const MAX_WAITING = 64 * 1024;

/** A response of `node:http` as one of `fetch`. */
export function toHttpResponse(
  incoming: IncomingMessage,
  { url, method, signal }: HttpRequest,
  redirected: boolean,
): Response {
  const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = incoming;
  const isEmpty = NO_BODY.has(status) || method === 'HEAD';
  if (isEmpty) incoming.resume();
  const response = new Response(isEmpty ? null : toBody(incoming, signal), {
    status,
    statusText,
    headers: toPairs(rawHeaders),
  });
  const { href, hash } = url;
  return Object.defineProperties(response, {
    url: { value: hash ? href.slice(0, -hash.length) : href },
    redirected: { value: redirected },
  });
}

/**
 * The body as a web stream. While its reader waits for what comes, a chunk goes to the reader without a queue
 * and without a pause of the socket: that is what makes it cheap.
 */
function toBody(
  incoming: IncomingMessage,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const abort = (): void => {
          fail(signal?.reason);
        };
        const settle = (): void => {
          signal?.removeEventListener('abort', abort);
        };
        const fail = (reason: unknown): void => {
          settle();
          controller.error(reason);
          incoming.destroy();
        };
        incoming.on('data', (chunk: Uint8Array) => {
          controller.enqueue(chunk);
          if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
        });
        incoming.once('end', () => {
          settle();
          controller.close();
        });
        incoming.once('error', (cause) => {
          fail(new TypeError('terminated', { cause }));
        });
        signal?.addEventListener('abort', abort, { once: true });
        if (signal?.aborted) abort();
      },
      pull() {
        incoming.resume();
      },
      cancel() {
        incoming.destroy();
      },
    },
    { highWaterMark: MAX_WAITING, size: ({ byteLength }) => byteLength },
  );
}

function toPairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [
    raw[at * 2] ?? '',
    raw[at * 2 + 1] ?? '',
  ]);
}
