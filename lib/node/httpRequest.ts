/** A request as `node:http` needs it. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  /** By their lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** A stream can be sent once. */
  readonly body: string | Uint8Array | AsyncIterable<unknown> | undefined;
  readonly signal: AbortSignal | undefined;
  readonly redirect: RequestRedirect;
}

type Body = RequestInit['body'] | AsyncIterable<unknown>;

/** Names that `fetch` writes in capitals. */
const METHOD = /^(?:delete|get|head|options|post|put)$/i;
/** Of fetch: it asks for no compression, so that each chunk comes when it is sent. */
const DEFAULTS = { accept: '*/*', 'accept-encoding': 'identity' };
const FORM = 'application/x-www-form-urlencoded;charset=UTF-8';
/** Where a redirect leads to another origin, or changes the method, these are not sent. */
const CREDENTIALS = ['authorization', 'cookie', 'proxy-authorization', 'host'];
const OF_BODY = ['content-encoding', 'content-language', 'content-length', 'content-type'];

/** Reads the arguments of `fetch`. */
export function readRequest(
  input: string | URL | Request,
  init: Omit<RequestInit, 'body'> & { readonly body?: Body } = {},
): HttpRequest {
  const isAddress = typeof input === 'string' || input instanceof URL;
  const given: Partial<Request> = isAddress ? { url: input.toString() } : input;
  const method = init.method ?? given.method ?? 'GET';
  const content = readBody(init.body ?? given.body);
  if (content.body !== undefined && /^(?:get|head)$/i.test(method)) {
    throw new TypeError(`A request with ${method} has no body.`);
  }
  return {
    url: parseUrl(given.url ?? ''),
    method: METHOD.test(method) ? method.toUpperCase() : method,
    headers: {
      ...DEFAULTS,
      ...(content.type && { 'content-type': content.type }),
      ...(content.length !== undefined && { 'content-length': String(content.length) }),
      ...Object.fromEntries(new Headers(init.headers ?? given.headers)),
    },
    body: content.body,
    signal: init.signal ?? given.signal,
    redirect: init.redirect ?? given.redirect ?? 'follow',
  };
}

/** The request that a redirect leads to. */
export function followRedirect(request: HttpRequest, status: number, target: string): HttpRequest {
  const url = parseUrl(target, request.url);
  const { method } = request;
  const becomesGet =
    (status === 303 && method !== 'HEAD') ||
    ((status === 301 || status === 302) && method === 'POST');
  const body = becomesGet ? undefined : request.body;
  if (typeof body === 'object' && !(body instanceof Uint8Array)) {
    throw new TypeError(
      'The server redirects a request whose body is a stream, which can be sent once.',
    );
  }
  const dropped = [
    ...(url.origin === request.url.origin ? [] : CREDENTIALS),
    ...(becomesGet ? OF_BODY : []),
  ];
  return {
    ...request,
    url,
    body,
    method: becomesGet ? 'GET' : method,
    headers: Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !dropped.includes(name)),
    ),
  };
}

function parseUrl(text: string, base?: URL): URL {
  try {
    return new URL(text, base);
  } catch (cause) {
    throw new TypeError('Failed to parse URL', { cause });
  }
}

/** What is sent, and what `fetch` says of it. */
interface Content {
  readonly body: HttpRequest['body'];
  readonly type?: string | null;
  readonly length?: number;
}

function readBody(body: Body): Content {
  if (body === undefined || body === null) return { body: undefined };
  if (typeof body === 'string') return { body, type: 'text/plain;charset=UTF-8' };
  if (body instanceof ArrayBuffer) return { body: new Uint8Array(body) };
  if (ArrayBuffer.isView(body)) {
    return { body: new Uint8Array(body.buffer, body.byteOffset, body.byteLength) };
  }
  if (Symbol.asyncIterator in body) return { body };
  if (body instanceof URLSearchParams) return { body: String(body), type: FORM };
  // A form or a blob: the standard knows how they are written.
  const { headers, body: stream } = new Response(body);
  return {
    body: stream ?? undefined,
    type: headers.get('content-type'),
    ...(body instanceof Blob && { length: body.size }),
  };
}
