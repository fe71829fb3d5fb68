import { getEventListeners, once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import { Socket, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import tls from 'node:tls';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Ollama } from 'ollama/browser';
import { take } from 'rxjs';
import { isOllamaError } from '../../lib/errors.js';
import { httpFetch } from '../../lib/node/httpFetch.js';
import { fromOllamaStream } from '../../lib/sources/fromOllamaStream.js';
import type { Step } from '../../lib/testing/node/index.js';
import { REQUEST, ask, forbidConsole, listen, start, toContents } from '../sources/support.js';
import { cert, key } from './certificate.js';

forbidConsole();

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

/** What a server got. */
interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (response: http.ServerResponse, received: Received) => void;

const echo: Answer = (response, received) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(received));
};

async function listenOn(server: http.Server | https.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    return once(server.close(), 'close');
  });
  return (server.address() as AddressInfo).port;
}

/** A server that answers each request like this. */
async function serve(answer: Answer = echo) {
  const received: Received[] = [];
  const onRequest = async (incoming: http.IncomingMessage, response: http.ServerResponse) => {
    const { method, url, headers } = incoming;
    let body = '';
    for await (const text of incoming.setEncoding('latin1')) body += String(text);
    const request = { method, url, headers, body };
    received.push(request);
    answer(response, request);
  };
  const port = await listenOn(
    http.createServer((incoming, response) => void onRequest(incoming, response)),
  );
  return { url: `http://127.0.0.1:${String(port)}`, received };
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error('it succeeded'),
    (error: unknown) => error as Error,
  );
}

function* endless(): Generator<Step> {
  for (;;) yield 'on and on ';
}

describe('httpFetch with the sources', () => {
  it('streams chats, all on one connection', async () => {
    const ollama = await start(['Hel', 'lo', { done: true }]);
    for (let n = 0; n < 5; n++) {
      const { values, error } = await listen(ask(ollama, { fetch: httpFetch }));
      expect(error).toBeUndefined();
      expect(toContents(values)).toEqual(['Hel', 'lo', '']);
    }
    expect(ollama.connections).toBe(1);
  });

  it.each([
    ['before the headers', [{ fault: 'hang' }] as Step[], 0],
    ['in mid-stream', { steps: { [Symbol.iterator]: endless } }, 3],
  ])('stops the model when the consumer unsubscribes %s', async (_, script, count) => {
    const ollama = await start(script);
    const chat = ask(ollama, { fetch: httpFetch });
    const subscription = chat.pipe(take(count || 1)).subscribe();
    const request = await ollama.received();
    if (!count) subscription.unsubscribe();
    expect(await request.closed).toBe('aborted');
  });

  it('gives the errors of fromOllamaChat', async () => {
    const ollama = await start((request) =>
      request.path === '/api/chat' && ollama.requests.length > 1
        ? ['a', { fault: 'reset' }]
        : [{ error: 'no such model', status: 404 }],
    );
    expect((await listen(ask(ollama, { fetch: httpFetch }))).error).toMatchObject({
      code: 'http',
      status: 404,
      message: 'HTTP 404: no such model',
    });
    const { error } = await listen(ask(ollama, { fetch: httpFetch }));
    expect(isOllamaError(error, 'connection') && error.partial?.content).toBe('a');
    expect(error).toMatchObject({
      message: expect.stringMatching(/^The connection broke in mid-/),
    });
  });

  it('can be read once, as the response of fetch', async () => {
    const ollama = await start(['a', { done: true }]);
    const response = await httpFetch(`${ollama.url}/api/chat`, {
      method: 'POST',
      body: JSON.stringify(REQUEST),
    });
    expect(toContents((await listen(fromOllamaStream(response))).values)).toEqual(['a', '']);
    expect(response.bodyUsed).toBe(true);
    await expect(async () => response.text()).rejects.toThrow(/already been read/);
  });

  it('leaves nothing at a signal that lives longer', async () => {
    const ollama = await start(['a', { done: true }]);
    const { signal } = new AbortController();
    await (await httpFetch(`${ollama.url}/api/version`, { signal })).text();
    while (getEventListeners(signal, 'abort').length) await new Promise(setImmediate);
  });

  it('serves the official client too, whose stream is read as a web stream', async () => {
    const ollama = await start(['Hel', 'lo', { done: true }]);
    const client = new Ollama({ host: ollama.url, fetch: httpFetch });
    const messages = [{ role: 'user', content: 'Hi' }];
    const chat = fromOllamaStream(() => client.chat({ model: 'qwen3', messages, stream: true }));
    expect(toContents((await listen(chat)).values)).toEqual(['Hel', 'lo', '']);
  });

  it('has no time limit of its own', async () => {
    const limit = jest.spyOn(Socket.prototype, 'setTimeout');
    const ollama = await start(['a', { done: true }]);
    await listen(ask(ollama, { fetch: httpFetch }));
    expect(limit.mock.calls.filter(([ms]) => ms > 0)).toEqual([]);
  });
});

describe('the response of httpFetch', () => {
  it('has the status, the headers and the URL', async () => {
    const { url } = await serve((response) => {
      response.writeHead(418, 'No coffee', [
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Kind', 'pot', 'X-Kind', 'kettle'],
      ]);
      response.end('short and stout');
    });
    const response = await httpFetch(`${url}/pot?x=1#here`);
    expect(response).toBeInstanceOf(Response);
    expect(response).toMatchObject({ status: 418, ok: false, statusText: 'No coffee' });
    expect(response).toMatchObject({ url: `${url}/pot?x=1`, redirected: false, bodyUsed: false });
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-kind')).toBe('pot, kettle');
    expect(await response.text()).toBe('short and stout');
    expect(response.bodyUsed).toBe(true);
  });

  it.each([
    ['text', '{"a":1}'],
    ['json', { a: 1 }],
    ['arrayBuffer', new TextEncoder().encode('{"a":1}').buffer],
  ] as const)('has %s()', async (method, expected) => {
    const { url } = await serve((response) => response.end('{"a":1}'));
    expect(await (await httpFetch(url))[method]()).toEqual(expected);
  });

  it('has blob() and formData() of its type', async () => {
    const type = 'application/x-www-form-urlencoded';
    const { url } = await serve((response) => response.setHeader('Content-Type', type).end('a=1'));
    const blob = await (await httpFetch(url)).blob();
    expect([blob.type, await blob.text()]).toEqual([type, 'a=1']);
    expect((await (await httpFetch(url)).formData()).get('a')).toBe('1');
  });

  it('can be cloned', async () => {
    const { url } = await serve((response) => response.end('twice'));
    const response = await httpFetch(url);
    const copy = response.clone();
    expect([await response.text(), await copy.text(), copy.status]).toEqual([
      'twice',
      'twice',
      200,
    ]);
  });

  it('has no body with 204, and to HEAD', async () => {
    const { url } = await serve((response) => response.writeHead(204).end());
    expect((await httpFetch(url)).body).toBeNull();
    expect((await httpFetch(url, { method: 'HEAD' })).body).toBeNull();
    expect(await (await httpFetch(url)).text()).toBe('');
  });

  it('is read as a web stream, with back-pressure', async () => {
    const BLOCKS = 400;
    const block = Buffer.alloc(64 * 1024, 'x');
    let written = 0;
    const { url } = await serve((response) => {
      const write = (): void => {
        do written++;
        while (response.write(block) && written < BLOCKS);
        if (written === BLOCKS) response.end();
        else response.once('drain', write);
      };
      write();
    });
    const response = await httpFetch(url);
    const reader = response.body?.getReader();
    let length = (await reader?.read())?.value?.length ?? 0;
    // A request to another server: the kernel has taken by now what it takes.
    await (await httpFetch((await serve()).url)).text();
    expect(written).toBeLessThan(BLOCKS);
    for (let read; (read = await reader?.read())?.value;) length += read.value.length;
    expect(length).toBe(BLOCKS * block.length);
  });

  it('stops the server when its stream is cancelled', async () => {
    const ollama = await start({ steps: { [Symbol.iterator]: endless } });
    const body = JSON.stringify(REQUEST);
    const response = await httpFetch(`${ollama.url}/api/chat`, { method: 'POST', body });
    await response.body?.cancel();
    expect(await (await ollama.received()).closed).toBe('aborted');
  });

  it('fails when the connection breaks', async () => {
    const { url } = await serve((response) => {
      response.write('half', () => response.destroy());
    });
    const response = await httpFetch(url);
    const error = await failureOf(response.text());
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: 'terminated', cause: { code: 'ECONNRESET' } });
  });
});

describe('a request of httpFetch', () => {
  const post = (url: string, body: unknown, init: object = {}) =>
    httpFetch(url, { method: 'POST', body: body as never, ...init });
  const seen = async (response: Response) => (await response.json()) as Received;

  it.each([
    ['text', 'hällo', 'text/plain;charset=UTF-8', 'hÃ¤llo'],
    ['bytes', new Uint8Array([104, 105]), undefined, 'hi'],
    ['a part of bytes', new Uint8Array([0, 104, 105, 0]).subarray(1, 3), undefined, 'hi'],
    ['a buffer', new Uint8Array([104, 105]).buffer, undefined, 'hi'],
    ['a blob', new Blob(['hi'], { type: 'text/html' }), 'text/html', 'hi'],
    [
      'parameters',
      new URLSearchParams({ a: '1' }),
      'application/x-www-form-urlencoded;charset=UTF-8',
      'a=1',
    ],
  ])('sends %s, with its length', async (_, body, type, text) => {
    const { url } = await serve();
    const received = await seen(await post(url, body));
    expect(received).toMatchObject({ method: 'POST', body: text });
    expect(received.headers['content-type']).toBe(type);
    expect(received.headers['content-length']).toBe(String(text.length));
  });

  it.each([
    ['a web stream', () => new Blob(['on', 'e']).stream()],
    ['a stream of Node', () => Readable.from(['on', 'e'])],
    [
      'a generator',
      async function* () {
        yield Buffer.from('one');
      },
    ],
  ])('sends %s in pieces', async (_, open) => {
    const { url } = await serve();
    const body: unknown = typeof open === 'function' ? open() : open;
    const received = await seen(await post(url, body, { duplex: 'half' }));
    expect(received).toMatchObject({ body: 'one', headers: { 'transfer-encoding': 'chunked' } });
  });

  it('sends a form', async () => {
    const { url } = await serve();
    const form = new FormData();
    form.set('a', '1');
    const { headers, body } = await seen(await post(url, form));
    const [, boundary = '?'] =
      /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type'] ?? '') ?? [];
    expect(body).toContain(`--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1`);
  });

  it('sends a Request, with what is passed beside it', async () => {
    const { url } = await serve();
    const request = new Request(`${url}/a`, {
      method: 'PUT',
      headers: { 'X-One': '1' },
      body: 'hi',
    });
    expect(await seen(await httpFetch(request))).toMatchObject({
      method: 'PUT',
      url: '/a',
      headers: { 'x-one': '1' },
      body: 'hi',
    });
    const other = await httpFetch(new Request(url, { headers: { 'X-One': '1' } }), {
      method: 'post',
      headers: [['X-Two', '2']],
    });
    const { method, headers } = await seen(other);
    expect([method, headers['x-one'], headers['x-two']]).toEqual(['POST', undefined, '2']);
  });

  it('asks for no compression, unless its headers do', async () => {
    const { url } = await serve();
    expect((await seen(await httpFetch(url))).headers).toMatchObject({
      accept: '*/*',
      'accept-encoding': 'identity',
    });
    const headers = { 'Accept-Encoding': 'gzip' };
    expect((await seen(await httpFetch(url, { headers }))).headers).toMatchObject({
      'accept-encoding': 'gzip',
    });
  });

  it('rejects with what its body throws', async () => {
    const { url } = await serve();
    const error = new Error('no more');
    const body = Readable.from(
      (async function* () {
        yield 'one';
        throw error;
      })(),
    );
    expect(await failureOf(post(url, body))).toBe(error);
  });

  it('has no body with GET', async () => {
    const failure = await failureOf(httpFetch('http://127.0.0.1:1', { body: 'hi' }));
    expect(failure).toEqual(new TypeError('A request with GET has no body.'));
  });

  it.each([
    [
      'http://user:pass@127.0.0.1:1',
      'The URL has credentials. Send them in an Authorization header.',
    ],
    ['ftp://127.0.0.1', 'fetch failed'],
    ['/chat', 'Failed to parse URL'],
  ])('is refused for %s', async (url, message) => {
    const failure = await failureOf(httpFetch(url));
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure.message).toBe(message);
    expect(String(failure.stack)).not.toContain('pass');
  });

  it('fails as fetch does where nobody listens', async () => {
    const { port } = await new Promise<AddressInfo>((resolve) => {
      const server = http.createServer().listen(0, '127.0.0.1', () => {
        const address = server.address() as AddressInfo;
        server.close(() => {
          resolve(address);
        });
      });
    });
    const failure = await failureOf(httpFetch(`http://127.0.0.1:${String(port)}`));
    expect(failure).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNREFUSED' } });
  });
});

describe('the signal of httpFetch', () => {
  it('makes no request once it is aborted', async () => {
    const { url, received } = await serve();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    expect(await failureOf(httpFetch(url, { signal }))).toBe(reason);
    expect(await failureOf(httpFetch(new Request(url, { signal })))).toBe(reason);
    await (await httpFetch(url)).text();
    expect(received).toHaveLength(1);
  });

  it.each([undefined, new Error('enough')])('aborts before the headers: %s', async (given) => {
    const ollama = await start([{ fault: 'hang' }]);
    const { abort, signal } = createAborter();
    const body = JSON.stringify(REQUEST);
    const failure = failureOf(
      httpFetch(`${ollama.url}/api/chat`, { method: 'POST', body, signal }),
    );
    const request = await ollama.received();
    abort(given);
    expect(await failure).toBe(signal.reason);
    expect(await request.closed).toBe('aborted');
  });

  it('aborts after the headers', async () => {
    const ollama = await start(['a', { fault: 'hang' }]);
    const { abort, signal } = createAborter();
    const body = JSON.stringify(REQUEST);
    const response = await httpFetch(`${ollama.url}/api/chat`, { method: 'POST', body, signal });
    const reader = response.body?.getReader();
    await reader?.read();
    const failure = failureOf(reader?.read() ?? Promise.resolve());
    abort();
    expect(await failure).toBe(signal.reason);
    expect(await (await ollama.received()).closed).toBe('aborted');
  });

  it('aborts while nobody reads', async () => {
    const ollama = await start(['a', { fault: 'hang' }]);
    const { abort, signal } = createAborter();
    const body = JSON.stringify(REQUEST);
    const response = await httpFetch(`${ollama.url}/api/chat`, { method: 'POST', body, signal });
    abort();
    expect(await (await ollama.received()).closed).toBe('aborted');
    expect(await failureOf(response.text())).toBe(signal.reason);
  });
});

function createAborter() {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: (reason?: unknown) => {
      controller.abort(reason);
    },
  };
}

describe('a redirect of httpFetch', () => {
  const redirect =
    (status: number, target: () => string): Answer =>
    (response, received) => {
      if (received.url === '/end') echo(response, received);
      else response.writeHead(status, { Location: target() }).end();
    };
  const init = {
    method: 'POST',
    body: 'hi',
    headers: { Authorization: 'Bearer x', 'Content-Type': 'text/html' },
  };

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'hi'],
    [308, 'POST', 'hi'],
  ])('is followed: %i leads to %s', async (status, method, body) => {
    const { url, received } = await serve(redirect(status, () => '/end'));
    const response = await httpFetch(url, init);
    expect(response).toMatchObject({ url: `${url}/end`, redirected: true });
    const { headers, ...seen } = (await response.json()) as Received;
    expect(seen).toMatchObject({ method, body });
    expect(headers.authorization).toBe('Bearer x');
    expect(headers['content-type']).toBe(body ? 'text/html' : undefined);
    expect(received).toHaveLength(2);
  });

  it('of HEAD is one of HEAD', async () => {
    const { url, received } = await serve(redirect(303, () => '/end'));
    expect(await (await httpFetch(url, { method: 'HEAD' })).text()).toBe('');
    expect(received.map(({ method }) => method)).toEqual(['HEAD', 'HEAD']);
  });

  it('to another origin has no credentials', async () => {
    const other = await serve();
    const { url } = await serve(redirect(307, () => `${other.url}/end`));
    await (await httpFetch(url, init)).text();
    expect(other.received[0]?.headers).not.toHaveProperty('authorization');
    expect(other.received[0]).toMatchObject({ body: 'hi' });
  });

  it('is left to the caller', async () => {
    const { url } = await serve(redirect(302, () => '/end'));
    const response = await httpFetch(url, { redirect: 'manual' });
    expect(response).toMatchObject({ status: 302, redirected: false });
    expect(response.headers.get('location')).toBe('/end');
  });

  it('is refused', async () => {
    const { url } = await serve(redirect(302, () => '/end'));
    expect(await failureOf(httpFetch(url, { redirect: 'error' }))).toMatchObject({
      message: 'fetch failed',
      cause: { message: 'unexpected redirect' },
    });
  });

  it('is followed 20 times at most', async () => {
    const { url, received } = await serve(redirect(302, () => '/again'));
    expect(await failureOf(httpFetch(url))).toMatchObject({
      cause: { message: 'redirect count exceeded' },
    });
    expect(received).toHaveLength(21);
  });

  it('can not repeat a stream', async () => {
    const { url } = await serve(redirect(307, () => '/end'));
    const body = Readable.from(['hi']);
    const failure = await failureOf(httpFetch(url, { method: 'POST', body: body as never }));
    expect(failure.message).toMatch(/a request whose body is a stream/);
  });

  it('without a Location is an answer', async () => {
    const { url } = await serve((response) => response.writeHead(302).end('nowhere'));
    expect(await (await httpFetch(url)).text()).toBe('nowhere');
  });
});

describe('httpFetch over TLS', () => {
  it('checks the certificate, and reads what comes', async () => {
    const server = https.createServer({ cert, key }, (_, response) => response.end('secret'));
    const url = `https://127.0.0.1:${String(await listenOn(server))}`;
    expect(await failureOf(httpFetch(url))).toMatchObject({
      message: 'fetch failed',
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    // Trusts the certificate, as NODE_EXTRA_CA_CERTS does for a whole process.
    const { connect } = tls;
    const trust = (options: tls.ConnectionOptions) => connect({ ...options, ca: cert });
    jest.spyOn(tls, 'connect').mockImplementation(trust as typeof connect);
    expect(await (await httpFetch(url)).text()).toBe('secret');
  });
});
