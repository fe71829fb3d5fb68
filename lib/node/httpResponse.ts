import type { IncomingMessage } from 'node:http';
import { OPEN_READER, type Reader } from '../transport/reader.js';
import { createBodyReader } from './bodyReader.js';
import type { HttpRequest } from './httpRequest.js';

/** Responses with these statuses have no body. */
const NO_BODY = new Set([204, 205, 304]);

/**
 * A response of `node:http` as one of `fetch`. Its web stream is made when it is asked for: this library reads
 * without one, which costs less.
 */
export class HttpResponse extends Response {
  readonly #url: string;
  readonly #redirected: boolean;
  readonly #reader: Reader<Uint8Array> | undefined;
  /** The one that has the body as a web stream. */
  #whole: Response | undefined;
  #isTaken = false;

  constructor(incoming: IncomingMessage, request: HttpRequest, redirected: boolean) {
    const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = incoming;
    super(null, { status, statusText, headers: toPairs(rawHeaders) });
    const { href, hash } = request.url;
    this.#url = hash ? href.slice(0, -hash.length) : href;
    this.#redirected = redirected;
    const reader = createBodyReader(incoming, request.signal);
    if (NO_BODY.has(status) || request.method === 'HEAD') incoming.resume();
    else this.#reader = reader;
  }

  override get url(): string {
    return this.#url;
  }

  override get redirected(): boolean {
    return this.#redirected;
  }

  override get body(): Response['body'] {
    return this.#asWeb().body;
  }

  override get bodyUsed(): boolean {
    return this.#isTaken || (this.#whole?.bodyUsed ?? false);
  }

  override arrayBuffer(): ReturnType<Response['arrayBuffer']> {
    return this.#asWeb().arrayBuffer();
  }

  override blob(): Promise<Blob> {
    return this.#asWeb().blob();
  }

  override formData(): Promise<FormData> {
    return this.#asWeb().formData();
  }

  override json(): Promise<unknown> {
    return this.#asWeb().json();
  }

  override text(): Promise<string> {
    return this.#asWeb().text();
  }

  override clone(): Response {
    const { status, statusText, headers } = this;
    const { body } = this.#asWeb().clone();
    return new Response(body, { status, statusText, headers });
  }

  [OPEN_READER](): Reader | undefined {
    if (this.#whole || this.#isTaken) return undefined;
    this.#isTaken = true;
    return this.#reader;
  }

  #asWeb(): Response {
    if (this.#isTaken) throw new TypeError('Body is unusable: Body has already been read');
    const reader = this.#reader;
    const { headers } = this;
    this.#whole ??= new Response(reader ? toWebStream(reader) : null, { headers });
    return this.#whole;
  }
}

function toWebStream(reader: Reader<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (value) controller.enqueue(value);
        else if (done) controller.close();
      },
      cancel: async () => {
        await reader.cancel();
      },
    },
    // Nothing is read before a reader asks.
    { highWaterMark: 0 },
  );
}

function toPairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, at) => [
    raw[at * 2] ?? '',
    raw[at * 2 + 1] ?? '',
  ]);
}
