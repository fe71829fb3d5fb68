import type { ClientRequest, IncomingMessage } from 'node:http';
import { followRedirect, readRequest, type HttpRequest } from './httpRequest.js';
import { HttpResponse } from './httpResponse.js';
import { loadScheme } from './schemes.js';

const MAX_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * A `fetch` over Node's `node:http` and `node:https`. It spends less CPU per read than Node's own, and has no
 * time limits: Node's gives up after 300 s without headers, as when a large model is loaded.
 *
 * _It's like `fetch`, but waits as long as you do, and costs less where tokens come one at a time._
 *
 * - Connections are kept alive, and shared by all calls in the process.
 * - `signal` aborts at any moment, before and after the headers.
 * - A body may be text, bytes, a `Blob`, a form, a web stream, or an async iterable of bytes.
 * - `redirect` is followed, refused or left to the caller, as in `fetch`. With `'manual'` the response is the
 *   redirect itself.
 * - `node:http` is loaded with the first request. A worker without Node can import the entry, and not call this.
 * - It asks for no compression, knows no cache, no cookies and no proxy. Behind a proxy, use Node's `fetch`.
 * - It rejects with a `TypeError` whose `cause` says why, or with the reason of the `signal`.
 *
 * Tests and tracing often hook the global `fetch`: they don't see these requests.
 *
 * ```ts
 * import { fromOllamaChat } from 'rxjs-ollama';
 * import { httpFetch } from 'rxjs-ollama/node';
 *
 * const messages = [{ role: 'user', content: 'Why is the sky blue?' }];
 * fromOllamaChat({ model: 'qwen3', messages }, { fetch: httpFetch }).subscribe();
 * ```
 *
 * @param input a URL, or a `Request`
 * @param init what `fetch` takes
 */
export const httpFetch: typeof fetch = async (input, init) => {
  let request = readRequest(input, init);
  for (let redirects = 0; ; redirects++) {
    const incoming = await send(request);
    const { statusCode: status = 0, headers } = incoming;
    const target = REDIRECTS.has(status) ? headers.location : undefined;
    if (target === undefined || request.redirect === 'manual') {
      return new HttpResponse(incoming, request, redirects > 0);
    }
    incoming.destroy();
    if (request.redirect === 'error') throw toFailure(new Error('unexpected redirect'));
    if (redirects === MAX_REDIRECTS) throw toFailure(new Error('redirect count exceeded'));
    request = followRedirect(request, status, target);
  }
};

/** Sends a request, and resolves when the headers of the response have come. */
async function send({ url, method, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
  const scheme = await loadScheme(url.protocol)?.catch((cause: unknown) => {
    throw toFailure(cause);
  });
  if (!scheme) throw toFailure(new Error(`unknown scheme: ${url.protocol}`));
  if (url.username || url.password) {
    throw new TypeError('The URL has credentials. Send them in an Authorization header.');
  }
  signal?.throwIfAborted();
  const { request, agent } = scheme;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent });
    const abort = (): void => {
      reject(signal?.reason as Error);
      outgoing.destroy();
    };
    signal?.addEventListener('abort', abort);
    // It comes after the response too, however that has ended.
    outgoing.once('close', () => {
      signal?.removeEventListener('abort', abort);
    });
    outgoing.once('response', resolve);
    // It stays: a connection may break after the headers, which is an error of the body.
    outgoing.on('error', (error) => {
      reject(toFailure(error));
    });
    if (typeof body !== 'object' || body instanceof Uint8Array) {
      outgoing.end(body);
      return;
    }
    // What the body threw: where the connection broke, this promise has settled.
    pipe(body, outgoing).catch(reject);
  });
}

async function pipe(body: AsyncIterable<unknown>, outgoing: ClientRequest): Promise<void> {
  const { pipeline } = await import('node:stream/promises');
  await pipeline(body, outgoing);
}

/** As `fetch` fails: what it was is the `cause`. */
const toFailure = (cause: unknown): TypeError => new TypeError('fetch failed', { cause });
