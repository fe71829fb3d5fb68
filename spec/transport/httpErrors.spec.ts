import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { OllamaHttpError, isOllamaError } from '../../lib/errors.js';
import {
  keepRequest,
  readHttpError,
  toNetworkError,
  toRedirectError,
} from '../../lib/transport/httpErrors.js';
import { OLLAMA } from '../../lib/transport/service.js';
import type { AssistantMessage } from '../../lib/types/index.js';

const HOST = 'http://gpu:11434';
const HINT = "Is the host an Ollama server's own API, and nothing in between rewriting it?";

function read(body: BodyInit | null, init: ResponseInit = {}, url = `${HOST}/api/chat`) {
  const response = new Response(body, { status: 500, ...init });
  keepRequest(response, { url, secrets: [] });
  return readHttpError(response, response.body?.getReader());
}

/** A situation: the status, the body, and what the user reads. */
type Row = readonly [what: string, status: number, body: string | null, message: string];

const page = (title: string) =>
  `<!doctype html>\n<html><head><title>${title}</title></head><body>${'x'.repeat(7000)}</body></html>`;

describe('readHttpError', () => {
  const AT = `from ${HOST}/api/chat`;
  const DOWN =
    'A proxy in front of the server got no answer from it. Is Ollama running behind the proxy?';
  const SLOW =
    "A proxy in front of the server reached its timeout before the server answered. Raise the proxy's timeout.";
  const SIGN_IN = 'A proxy in front of the server asks for credentials. Pass them in headers.';

  it.each<Row>([
    ['words of Ollama', 500, '{"error":"out of memory"}', 'HTTP 500: out of memory'],
    [
      'a model that is missing',
      404,
      '{"error":"model \\"qwen3:4b\\" not found, try pulling it first"}',
      'HTTP 404: model "qwen3:4b" not found, try pulling it first. Run: ollama pull qwen3:4b',
    ],
    [
      'a model that is missing, in other words',
      404,
      `{"error":"model 'nope:latest' not found"}`,
      "HTTP 404: model 'nope:latest' not found. Run: ollama pull nope:latest",
    ],
    [
      'a model that is missing, behind a proxy',
      404,
      `{"detail":"Model 'hf.co/a/b:Q4' was not found"}`,
      "HTTP 404: Model 'hf.co/a/b:Q4' was not found. Run: ollama pull hf.co/a/b:Q4",
    ],
    [
      'a name that is no model, but a command',
      404,
      `{"error":"model 'x; rm -rf /' not found"}`,
      "HTTP 404: model 'x; rm -rf /' not found",
    ],
    [
      'a model that is missing where there is nothing to pull',
      400,
      `{"error":"model 'x' not found"}`,
      "HTTP 400: model 'x' not found",
    ],
    [
      'a model that is missing, in more than one sentence',
      404,
      `{"error":"Oh! model 'x' not found..."}`,
      "HTTP 404: Oh! model 'x' not found. Run: ollama pull x",
    ],
    [
      'words between line breaks',
      500,
      '{"error":"\\n out of\\nmemory \\n"}',
      'HTTP 500: out of memory',
    ],
    ['an object', 400, '{"error":{"message":"slow down","type":"x"}}', 'HTTP 400: slow down'],
    [
      'JSON in JSON',
      400,
      '{"error":"{\\"error\\":{\\"code\\":400,\\"message\\":\\"too long\\",\\"type\\":\\"exceed\\"}}"}',
      'HTTP 400: too long',
    ],
    ['words of FastAPI', 401, '{"detail":"Unauthorized"}', 'HTTP 401: Unauthorized'],
    [
      'a list of FastAPI',
      422,
      '{"detail":[{"loc":["body","messages"],"msg":"field required"}]}',
      'HTTP 422: body.messages: field required',
    ],
    [
      'a request to sign in',
      401,
      '{"error":"unauthorized","signin_url":"https://ollama.com/connect?name=x&key=y"}',
      'HTTP 401: unauthorized. Sign in at https://ollama.com/connect?name=x&key=y',
    ],
    ['several lines', 500, '{"error":"a\\n\\n  b\\u0007c"}', 'HTTP 500: a b c'],
    ['JSON that is not an object', 500, 'null', `HTTP 500 ${AT}: null`],
    ['a text', 500, ' upstream error\n', `HTTP 500 ${AT}: upstream error`],
    ['a text of 500 characters', 502, 'x'.repeat(500), `HTTP 502 ${AT}: ${'x'.repeat(500)}`],
    ['a long text', 500, 'x'.repeat(501), `HTTP 500 ${AT}: Status text. ${HINT}`],
    ['a page', 500, page('Oops'), `HTTP 500 ${AT}: Status text. ${HINT}`],
    ['a short page', 500, '\n<p>Oops</p>', `HTTP 500 ${AT}: Status text. ${HINT}`],
    ['no body', 500, null, `HTTP 500 ${AT}: Status text. ${HINT}`],
    ['a page of a proxy', 502, page('Bad Gateway'), `HTTP 502 ${AT}: Status text. ${DOWN}`],
    ['no body of a proxy', 503, '', `HTTP 503 ${AT}: Status text. ${DOWN}`],
    ['the time-out page of a proxy', 504, page('504'), `HTTP 504 ${AT}: Status text. ${SLOW}`],
    ["Cloudflare's, 520", 520, page('Unknown'), `HTTP 520 ${AT}: Status text. ${DOWN}`],
    ["Cloudflare's, 521", 521, page('Down'), `HTTP 521 ${AT}: Status text. ${DOWN}`],
    ["Cloudflare's, 522", 522, page('Timed out'), `HTTP 522 ${AT}: Status text. ${SLOW}`],
    ["Cloudflare's, 523", 523, page('Unreachable'), `HTTP 523 ${AT}: Status text. ${DOWN}`],
    ["Cloudflare's, 524", 524, page('A timeout'), `HTTP 524 ${AT}: Status text. ${SLOW}`],
    ['a page to sign in', 401, page('Sign in'), `HTTP 401 ${AT}: Status text. ${SIGN_IN}`],
    ['a page of a proxy for clients', 407, '', `HTTP 407 ${AT}: Status text. ${SIGN_IN}`],
    [
      "Ollama's refusal of a host or an origin",
      403,
      '',
      `HTTP 403 ${AT}: Status text. Ollama answers so to a Host or Origin header that it doesn't allow. Does a proxy forward one?`,
    ],
    ['a page that refuses', 403, page('No'), `HTTP 403 ${AT}: Status text. ${HINT}`],
    [
      'Go, asked by http on a port for https',
      400,
      'Client sent an HTTP request to an HTTPS server.\n',
      `HTTP 400 ${AT}: Client sent an HTTP request to an HTTPS server. The server expects TLS: begin the host with https:// instead of http://.`,
    ],
    [
      'nginx, asked by http on a port for https',
      400,
      page('400 The plain HTTP request was sent to HTTPS port'),
      `HTTP 400 ${AT}: Status text. The server expects TLS: begin the host with https:// instead of http://.`,
    ],
    [
      'an endpoint that is missing',
      404,
      '404 page not found',
      `HTTP 404 ${AT}: 404 page not found`,
    ],
    ['a page of another server', 404, page('Not found'), `HTTP 404 ${AT}: Status text. ${HINT}`],
  ])('says what happened and what to do: %s', async (_, status, body, message) => {
    const error = await read(body, { status, statusText: 'Status text' });
    expect(error).toBeInstanceOf(OllamaHttpError);
    expect(error.message).toBe(message);
    expect(error).toMatchObject({ status, body: body ?? '', url: `${HOST}/api/chat` });
    expect('partial' in error).toBe(false);
  });

  it.each([
    ['/v1/api/chat', '/v1'],
    ['/api/api/chat', '/api'],
    ['/ollama/v1/api/generate', '/ollama/v1'],
  ])('says that the host is not the root of the server: %s', async (path, extra) => {
    for (const body of ['404 page not found', page('Not found'), '']) {
      const error = await read(body, { status: 404 }, HOST + path);
      expect(error.message).toMatch(
        new RegExp(`${HOST}${path}: .*\\. The host has to be the root of the server\\. `),
      );
      expect(error.message).toContain(`Is it ${HOST}, without ${extra}?`);
    }
  });

  it('says so if there is nothing to say, as over HTTP/2', async () => {
    expect((await read('')).message).toBe(`HTTP 500 from ${HOST}/api/chat: no reason. ${HINT}`);
  });

  it('has the type that the server gives', async () => {
    const nested = JSON.stringify({ error: { message: 'too long', type: 'exceed_context' } });
    const error = await read(JSON.stringify({ error: nested }));
    expect(error).toMatchObject({ message: 'HTTP 500: too long', type: 'exceed_context' });
    expect('type' in (await read('{"error":"x"}'))).toBe(false);
  });

  it('has the headers as a record, and the wait that they ask for', async () => {
    const headers = { 'Retry-After': '3', 'X-Request-Id': 'r1', 'Set-Cookie': 'a=b' };
    const { message, ...error } = await read('{"error":"busy"}', { status: 429, headers });
    expect(error).toMatchObject({ status: 429, retryAfter: 3000 });
    expect(error.headers).toEqual({
      'content-type': 'text/plain;charset=UTF-8',
      'retry-after': '3',
      'x-request-id': 'r1',
    });
    expect('retryAfter' in (await read('{"error":"busy"}'))).toBe(false);
  });

  it('has the URL without user information and query', async () => {
    const error = await read('no', {}, 'http://user:pass@gpu/api/chat?key=x#y');
    expect(error.url).toBe('http://gpu/api/chat');
    expect(error.message).toBe('HTTP 500 from http://gpu/api/chat: no');
  });

  it('takes a response that has little of one', async () => {
    const error = await readHttpError({ status: 500, headers: {} } as Response, undefined);
    expect(error).toMatchObject({ message: `HTTP 500: no reason. ${HINT}`, headers: {} });
    expect('url' in error).toBe(false);
  });

  it('does not wait for the end of a body that has none', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const error = read(
      new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('busy'));
        },
      }),
    );
    await jest.advanceTimersByTimeAsync(1000);
    expect(await error).toMatchObject({ body: 'busy' });
    expect(jest.getTimerCount()).toBe(0);
  });
});

it('an error has the other headers as they came', async () => {
  const error = await read('no', { headers: { 'X-Note': 'Why? #1', 'Set-Cookie': 'a=b' } });
  expect(error.headers).toEqual({
    'content-type': 'text/plain;charset=UTF-8',
    'x-note': 'Why? #1',
  });
});

describe('toRedirectError', () => {
  const url = 'http://gpu/ollama/api/chat';
  const NOT = 'Redirects are not followed, because another server would get the request.';
  const OWN = "Set host to the server's own address.";
  const redirect = (status: number, location?: string) =>
    toRedirectError(
      new Response(null, { status, headers: location === undefined ? {} : { location } }),
      url,
    );

  it.each([
    ['https://gpu/ollama/api/chat', 'https://gpu/ollama/api/chat', 'https://gpu/ollama'],
    ['https://user:pass@other/api/chat?key=x#y', 'https://other/api/chat', 'https://other'],
    ['//other/api/chat', 'http://other/api/chat', 'http://other'],
    ['/api/chat', 'http://gpu/api/chat', 'http://gpu'],
    ['http://gpu/v2/api/chat/', 'http://gpu/v2/api/chat', 'http://gpu/v2'],
  ])('says where to and what to set: %s', (location, to, host) => {
    expect(redirect(307, location)).toMatchObject({
      status: 307,
      url,
      message: `HTTP 307 from ${url}: The server redirects to ${to}. ${NOT} Set host to ${host} if that is yours.`,
    });
  });

  it.each([
    ['https://sso.example/login?next=secret', 'to https://sso.example/login'],
    ['/ollama/api/chat/', `to ${url}`],
    ['https://other/api/chat/more', 'to https://other/api/chat/more'],
    ['/sso?next=secret', 'to http://gpu/sso'],
    [undefined, 'and does not say where to'],
    ['http://[no', 'and does not say where to'],
  ])('says so where there is no host to set: %s', (location, where) => {
    const error = redirect(302, location);
    expect(error?.message).toBe(
      `HTTP 302 from ${url}: The server redirects ${where}. ${NOT} ${OWN}`,
    );
    expect(JSON.stringify(error?.headers)).not.toContain('secret');
  });

  it.each([301, 302, 303, 307, 308])('knows the status %d', (status) => {
    expect(redirect(status, '/')).toBeInstanceOf(OllamaHttpError);
  });

  it.each([200, 204, 300, 304, 400])('leaves the status %d to others', (status) => {
    expect(redirect(status, 'http://other/')).toBeUndefined();
  });

  it('knows what browsers make of one', () => {
    const opaque = Object.defineProperties(Response.error(), {
      type: { value: 'opaqueredirect' },
    });
    expect(toRedirectError(opaque, url)).toMatchObject({
      status: 0,
      message: `HTTP redirect from ${url}: The server redirects and does not say where to. ${NOT} ${OWN}`,
    });
  });

  const followed = (to: string) =>
    Object.defineProperties(new Response('{}'), {
      redirected: { value: true },
      url: { value: to },
    });

  it('knows one that a fetch has followed', () => {
    expect(toRedirectError(followed('http://user:pass@other/api/chat'), url)?.message).toBe(
      `HTTP redirect from ${url}: The server redirects to http://other/api/chat. ${NOT} Set host to http://other if that is yours.`,
    );
    expect(toRedirectError(followed(`${url}?cookie=1`), url)).toBeUndefined();
  });

  it('leaves alone a fetch that asks elsewhere by itself', () => {
    const response = Object.defineProperty(new Response('{}'), 'url', { value: 'http://proxy/' });
    expect(toRedirectError(response, url)).toBeUndefined();
  });
});

describe('toNetworkError', () => {
  const wrap = (cause: unknown) => new TypeError('fetch failed', { cause });
  const coded = (message: string, code: string) => Object.assign(new Error(message), { code });

  it.each<[string, unknown, string]>([
    ['what lies under it', wrap(new Error('broken')), 'broken'],
    [
      'its code',
      wrap(coded('other side closed', 'UND_ERR_SOCKET')),
      'other side closed (UND_ERR_SOCKET)',
    ],
    [
      'a code once',
      wrap(coded('connect ECONNREFUSED ::1:1', 'ECONNREFUSED')),
      'connect ECONNREFUSED ::1:1',
    ],
    [
      'a code where there are no words',
      wrap(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })),
      'ECONNREFUSED',
    ],
    ['its own words', new TypeError('Failed to fetch'), 'Failed to fetch'],
    ['one line', new Error(' a\r\n  b\u0007c '), 'a b c'],
    ['no stop twice', new Error('terminated.'), 'terminated'],
    ['no stop twice, with a code', coded('It broke..; ', 'E1'), 'It broke (E1)'],
    ['a text', 'no', 'no'],
    ['a text under it', wrap('no'), 'no'],
    ['nothing at all', undefined, 'no reason'],
    ['no words', new Error(''), 'no reason'],
    ['words that are none', { message: {} }, 'no reason'],
    [
      "OpenSSL's words",
      wrap(
        coded(
          '0040E5C1F87F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/ssl/record/ssl3_record.c:355:\n',
          'ERR_SSL_WRONG_VERSION_NUMBER',
        ),
      ),
      'wrong version number (ERR_SSL_WRONG_VERSION_NUMBER)',
    ],
    [
      "OpenSSL's words without an address",
      new Error('error:0A00010B:SSL routines:f:wrong version number:a.c:355:'),
      'wrong version number',
    ],
    [
      'a URL without what is secret in it',
      new Error('request to http://user:pa/api/chat?key=x failed'),
      'request to http://user:pa/api/chat failed',
    ],
  ])('says of an error %s', (_, error, text) => {
    const { message } = toNetworkError(error, 'It broke', 'Mend it.');
    expect(message).toBe(`It broke: ${text}. Mend it.`);
    expect(toNetworkError(error, 'It broke', '').message).toBe(`It broke: ${text}.`);
  });

  it('asks for advice on the words and the code', () => {
    const error = coded('E1', 'It broke.');
    const advise = (words: string) => `Look up ${words}.`;
    expect(toNetworkError(error, 'Oh', advise).message).toMatch(/^Oh: .*\. Look up .*E1.*\.$/);
  });

  it('does not add a stop to a question', () => {
    const error = new Error('Is the computer able to access the url?');
    expect(toNetworkError(error, 'It broke', '').message).toMatch(/the url\?$/);
  });

  it('is a broken connection, with the very error and the message so far', () => {
    const cause = new TypeError('fetch failed', { cause: coded('no', 'ECONNRESET') });
    const partial: AssistantMessage = { role: 'assistant', content: 'Hel' };
    const error = toNetworkError(cause, 'It broke', 'Mend it.', partial);
    expect(isOllamaError(error, 'connection')).toBe(true);
    expect(error.cause).toBe(cause);
    expect(error.partial).toBe(partial);
  });

  it.each([
    ['UND_ERR_HEADERS_TIMEOUT', 'firstChunk'],
    ['UND_ERR_BODY_TIMEOUT', 'idle'],
  ] as const)("knows Node's own limit %s", (code, kind) => {
    const error = toNetworkError(wrap(coded('Timeout Error', code)), 'It broke', 'Mend it.');
    expect(isOllamaError(error, 'timeout') && error.kind).toBe(kind);
    expect(error.message).toBe(
      `It broke: Timeout Error (${code}). Node's fetch waits 300 s by default. Pass a fetch that waits longer.`,
    );
  });
});

describe('adviseOnFetch of Ollama', () => {
  afterEach(() => {
    for (const name of ['document', 'location']) Reflect.deleteProperty(globalThis, name);
  });

  it.each([
    ['connect ECONNREFUSED 127.0.0.1:11434', 'Is it running?'],
    ['Unable to connect (ConnectionRefused)', 'Is it running?'],
    ['tcp connect error: Connection refused (os error 111)', 'Is it running?'],
    ['getaddrinfo ENOTFOUND gpu', 'Is it running, and is the name of the host right?'],
    ['getaddrinfo EAI_AGAIN gpu', 'Is it running, and is the name of the host right?'],
    ['EHOSTUNREACH', 'Is the address right, and does a firewall let the request through?'],
    [
      'Connect Timeout Error (UND_ERR_CONNECT_TIMEOUT)',
      'Is the address right, and does a firewall let the request through?',
    ],
    [
      'wrong version number (ERR_SSL_WRONG_VERSION_NUMBER)',
      'Does the server speak TLS? If not, begin the host with http:// instead of https://.',
    ],
    [
      'self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
      "Does this process trust the server's certificate?",
    ],
    [
      'other side closed (UND_ERR_SOCKET)',
      "The server closed the connection before it answered. The server's log may say why.",
    ],
    ['no network for you', ''],
  ])('says what to do about %s', (words, advice) => {
    expect(OLLAMA.adviseOnFetch(words)).toBe(advice);
  });

  it.each(['document', 'location'])('names the page to a web page, which has a %s', (name) => {
    const value = { origin: 'http://localhost:4200' };
    Object.defineProperty(globalThis, name, { value, configurable: true });
    const origin = name === 'location' ? value.origin : "the page's origin";
    expect(OLLAMA.adviseOnFetch('Failed to fetch')).toBe(
      `Is it running, and does OLLAMA_ORIGINS name ${origin}? ` +
        'Chromium also asks whether the page may reach the local network.',
    );
  });
});
