import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Ollama } from 'ollama/browser';
import { isOllamaError } from '../../lib/errors.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import type { OllamaOptions } from '../../lib/types/index.js';
import { REQUEST, forbidConsole, listen, start } from './support.js';

forbidConsole();

const { OLLAMA_HOST } = process.env;
afterEach(() => {
  if (OLLAMA_HOST === undefined) delete process.env['OLLAMA_HOST'];
  else process.env['OLLAMA_HOST'] = OLLAMA_HOST;
});

/** Everything that a log or a report could show of a value: all texts that can be reached from it. */
function collectTexts(value: unknown): string[] {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const places = [value];
  while (places.length) {
    const place = places.pop();
    if (typeof place === 'string') texts.push(place);
    if (Object(place) !== place || seen.has(place)) continue;
    seen.add(place);
    for (const key of Reflect.ownKeys(place as object)) {
      places.push(String(key), Reflect.get(place as object, key));
    }
  }
  return texts;
}

function show(error: unknown): string {
  return [
    ...collectTexts(error),
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 10, showHidden: true }),
  ].join('\n');
}

/** What a user keeps secret, each in its own place. */
interface Secrets {
  readonly user: string;
  readonly password: string;
  readonly token: string;
  readonly cookie: string;
}

const printable = fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 24 });
const anything = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 16 });
const secret = fc.record<Secrets>({
  user: fc.stringMatching(/^[\w.-]{4,12}$/),
  password: fc.oneof(printable, anything),
  token: fc.stringMatching(/^[\w.~+/-]{16,40}={0,2}$/),
  cookie: fc.stringMatching(/^[\w-]{12,30}$/),
});

const toHeaders = ({ token, cookie }: Secrets) => ({
  Authorization: `Bearer ${token}`,
  'X-Api-Key': token.toUpperCase(),
  Cookie: `theme=dark; session=${cookie}`,
});

const toHost = ({ user, password }: Secrets, host = '127.0.0.1:1') =>
  `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}`;

const toBasic = ({ user, password }: Secrets) =>
  Buffer.from(`${user}:${password}`).toString('base64');

const listPassword = (secrets: Secrets): string[] => [
  secrets.password,
  encodeURIComponent(secrets.password),
  toBasic(secrets),
];
const listKeys = ({ token, cookie }: Secrets): string[] => [token, token.toUpperCase(), cookie];

/** A place where secrets are set. */
interface Setting {
  readonly name: string;
  readonly set: (secrets: Secrets) => OllamaOptions;
  /** The texts that may stand nowhere then. */
  readonly list: (secrets: Secrets) => string[];
}

const settings: readonly Setting[] = [
  {
    name: 'the password in host',
    set: (secrets) => ({ host: toHost(secrets) }),
    list: listPassword,
  },
  {
    name: 'the password in OLLAMA_HOST',
    set: (secrets) => {
      process.env['OLLAMA_HOST'] = toHost(secrets);
      return {};
    },
    list: listPassword,
  },
  {
    name: 'keys in headers',
    set: (secrets) => ({ host: '127.0.0.1:1', headers: toHeaders(secrets) }),
    list: listKeys,
  },
  {
    name: 'both in options',
    // The header wins over the password in the host, which then is nowhere.
    set: (secrets) => ({ host: toHost(secrets), headers: toHeaders(secrets) }),
    list: listKeys,
  },
  {
    name: 'both, each in a header',
    set: (secrets) => {
      const { Authorization: _, ...headers } = toHeaders(secrets);
      return { host: toHost(secrets), headers };
    },
    list: (secrets) => [secrets.token.toUpperCase(), secrets.cookie, ...listPassword(secrets)],
  },
  {
    name: 'both in a client',
    set: (secrets) => ({
      client: new Ollama({ host: toHost(secrets), headers: toHeaders(secrets) }),
    }),
    list: listKeys,
  },
];

/** A `fetch` of the user's own, and what it is asked for. */
type Fetch = (url: string, init: RequestInit, secrets: Secrets) => Response | Promise<Response>;

const quote = (init: RequestInit, { user, password }: Secrets): string =>
  JSON.stringify({ ...(init.headers as object), user, password, pair: `${user}:${password}` });

/** What axios and its like throw: the request, in fields and in `toJSON()`. */
class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code = 'ERR_NETWORK';
  readonly config: object;
  readonly request: object;

  constructor(url: string, init: RequestInit, secrets: Secrets) {
    super(`Request to ${toHost(secrets)}/api/chat?key=${secrets.password} failed`);
    this.config = { url: toHost(secrets), ...init };
    this.request = new Request(url, { headers: new Headers(init.headers), method: 'POST' });
  }

  toJSON(): object {
    return { ...this.config, message: this.message };
  }
}

const streamOf = (...pieces: readonly (string | Error)[]) => {
  const rest = [...pieces];
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = rest.shift();
      if (piece === undefined) controller.close();
      else if (typeof piece === 'string') controller.enqueue(new TextEncoder().encode(piece));
      else controller.error(piece);
    },
  });
};

const CHUNK = '{"message":{"role":"assistant","content":"Hi"},"done":false}\n';

/** The ways in which a request fails. The server and the user's `fetch` quote all that they know. */
const paths: Readonly<Record<string, Fetch>> = {
  'an error with its request': (...all) => Promise.reject(new RequestError(...all)),
  'an error whose cause has the request': (...all) =>
    Promise.reject(new TypeError('fetch failed', { cause: new RequestError(...all) })),
  'an error that quotes the headers': (_, init, secrets) =>
    Promise.reject(new Error(`failed with ${quote(init, secrets)}`)),
  'an error that quotes them in its cause': (_, init, secrets) =>
    Promise.reject(
      new TypeError('failed', {
        cause: new Error('below', { cause: new Error(quote(init, secrets)) }),
      }),
    ),
  'an error with a symbol': (_, init) =>
    Promise.reject(Object.assign(new Error('failed'), { [Symbol('init')]: init })),
  'an error with hidden fields': (_, init) =>
    Promise.reject(Object.defineProperty(new Error('failed'), 'init', { value: init })),
  'a text': (_, init, secrets) => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a user's own may
    throw quote(init, secrets);
  },
  'an object': (_, init) => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a user's own may
    throw { init, message: JSON.stringify(init.headers) };
  },
  'several errors': (...all) =>
    Promise.reject(new AggregateError([new RequestError(...all)], 'all failed')),
  'an error that is its own cause': (_, init) => {
    const error = new Error(JSON.stringify(init.headers));
    error.cause = error;
    throw error;
  },
  'what is not a response': (_, init) => ({ config: init, data: '' }) as never,
  'HTTP 500, JSON': (_, init, secrets) =>
    new Response(JSON.stringify({ error: quote(init, secrets) }), {
      status: 500,
      headers: { 'X-Echo': encodeURIComponent(quote(init, secrets)) },
    }),
  'HTTP 401, a text': (_, init, secrets) =>
    new Response(`no access: ${quote(init, secrets)}`, { status: 401, statusText: 'Unauthorized' }),
  'HTTP 502, a page': (_, init, secrets) =>
    new Response(`<html>${'x'.repeat(600)}${quote(init, secrets)}`, { status: 502 }),
  'HTTP 422, a list of details': (_, init, secrets) =>
    new Response(
      JSON.stringify({ detail: [{ loc: ['headers'], msg: quote(init, secrets) }], type: 'x' }),
      { status: 422 },
    ),
  'a redirect': (_url, _init, secrets) =>
    new Response(null, {
      status: 307,
      headers: { Location: `${toHost(secrets, 'elsewhere')}/api/chat?key=${secrets.token}` },
    }),
  'an error line': (_, init, secrets) =>
    new Response(JSON.stringify({ error: quote(init, secrets), deep: { echo: init.headers } })),
  'an error line in mid-stream, an object with quotes as keys': (_, init, secrets) =>
    new Response(
      `${CHUNK}${JSON.stringify({ error: { [quote(init, secrets)]: [init.headers] } })}\n`,
    ),
  'a line that is not JSON': (_, init, secrets) =>
    new Response(`${CHUNK}headers: ${quote(init, secrets)}\n`),
  'a line that is cut': (_, init, secrets) =>
    new Response(`${CHUNK}{"message":{"role":"assistant","content":${quote(init, secrets)}`),
  'a line that is not a chunk': (_, init, secrets) => new Response(`${quote(init, secrets)}\n`),
  'a stream that breaks': (...all) =>
    new Response(streamOf(CHUNK, new TypeError('terminated', { cause: new RequestError(...all) }))),
  'a stream that breaks with a quote': (_, init, secrets) =>
    new Response(streamOf(new Error(quote(init, secrets)))),
  'a stream without a final chunk': () => new Response(CHUNK),
};

function expectNone(texts: readonly string[], error: unknown): void {
  const shown = show(error);
  for (const text of texts) expect(shown).not.toContain(text);
}

describe.each(['abc def #1', '"abcdefghi', '\\" # # # #'])(
  'the password %s behind a query that is cut',
  (password) => {
    const host = `http://user:${encodeURIComponent(password)}@127.0.0.1:1`;
    const quoted = `Request to http://elsewhere/api?key=${password} failed`;
    const places: Readonly<Record<string, () => Promise<Response>>> = {
      'an error of fetch': () => Promise.reject(new Error(quoted)),
      'a header of an error': () =>
        Promise.resolve(new Response('busy', { status: 503, headers: { 'x-echo': quoted } })),
      'a stream that breaks': () =>
        Promise.resolve(new Response(streamOf(CHUNK, new Error(quoted)))),
    };

    it.each(Object.entries(places))('leaves no part of itself in %s', async (_, fetch) => {
      const { error } = await listen(fromOllamaChat(REQUEST, { host, fetch }));
      const headers = isOllamaError(error, 'http') ? error.headers['x-echo'] : undefined;
      expect(headers ?? (error as Error).message).toContain('http://elsewhere/api failed');
      expectNone([password, password.slice(-5)], error);
    });
  },
);

const setting = fc.constantFrom(...settings);

describe('no error has a credential', () => {
  it.each(Object.entries(paths))('when fetch gives %s', async (_, path) => {
    await fc.assert(
      fc.asyncProperty(setting, secret, async ({ set, list }, secrets) => {
        const fetch = ((url: string, init: RequestInit) => path(url, init, secrets)) as never;
        const options = set(secrets);
        // A client has its own.
        if (options.client) Object.assign(options.client, { fetch });
        const { error } = await listen(fromOllamaChat(REQUEST, { ...options, fetch }));
        expect(isOllamaError(error)).toBe(true);
        expectNone(list(secrets), error);
      }),
      { numRuns: 20 },
    );
  });

  it('when the connection is refused', async () => {
    await fc.assert(
      fc.asyncProperty(setting, secret, async ({ set, list }, secrets) => {
        const { error } = await listen(fromOllamaChat(REQUEST, set(secrets)));
        expect(isOllamaError(error, 'connection')).toBe(true);
        expectNone(list(secrets), error);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['a port that is none', (s: Secrets) => toHost(s, 'host:port')],
    ['a space in the name', (s: Secrets) => toHost(s, 'my host')],
    ['another scheme', (s: Secrets) => toHost(s).replace('http:', 'ftp:')],
    ['a bracket', (s: Secrets) => toHost(s, '[no')],
    ['a password that is not encoded', (s: Secrets) => `http://${s.user}:a/${s.password}@host`],
    ['a port and a password that is not encoded', (s: Secrets) => `http://u:1/${s.password}@host`],
    ['no scheme', (s: Secrets) => `${s.user}:${encodeURIComponent(s.password)}@my host`],
    ['one slash', (s: Secrets) => toHost(s, 'ho st').replace('//', '/')],
    ['a query', (s: Secrets) => `http://ho st/?key=${encodeURIComponent(s.password)}`],
  ])('a host with %s', async (_, toAddress) => {
    await fc.assert(
      fc.asyncProperty(secret, async (secrets) => {
        const host = toAddress(secrets);
        process.env['OLLAMA_HOST'] = host;
        for (const options of [{ host }, {}]) {
          const { error } = await listen(fromOllamaChat(REQUEST, options));
          expect(isOllamaError(error, 'connection')).toBe(true);
          expectNone(listPassword(secrets), error);
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['a line break', (key: string) => `${key}\nX-Other: 1`],
    ['a character outside Latin-1', (key: string) => `${key}…`],
    ['a zero', (key: string) => `\0${key}`],
  ])('a header with %s', async (_, spoil) => {
    await fc.assert(
      fc.asyncProperty(secret, async ({ token }) => {
        const headers = { 'X-Api-Key': spoil(token) };
        const { error } = await listen(fromOllamaChat(REQUEST, { headers }));
        expect(error).toMatchObject({ issues: [{ path: ['headers', 'X-Api-Key'] }] });
        expect((error as Error).message).toContain('The header X-Api-Key can');
        expect(show(error)).not.toContain(token);
      }),
      { numRuns: 10 },
    );
  });

  it('a header whose name is the key', async () => {
    const headers = { 'sk-123456789 secret': 'x' };
    const { error } = await listen(fromOllamaChat(REQUEST, { headers }));
    expect((error as Error).message).toContain('The header of a wrong name');
    expect((error as Error).message).not.toContain('sk-1234');
  });
});

describe('user information in a URL', () => {
  const ask = async (options: (host: string) => OllamaOptions) => {
    const ollama = await start();
    const { error } = await listen(fromOllamaChat(REQUEST, options(ollama.url)));
    expect(error).toBeUndefined();
    const { headers } = await ollama.received();
    return headers['authorization'];
  };
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['user:password@', 'user:password'],
    ['user@', 'user:'],
    [':password@', ':password'],
    ['%C3%BCser:p%40ss%3Aw%2Ford@', 'üser:p@ss:w/ord'],
    ['üser:päss@', 'üser:päss'],
    ['user:100%@', 'user:100%'],
  ])('becomes a Basic header: %s', async (userInfo, text) => {
    const add = (url: string) => url.replace('://', `://${userInfo}`);
    expect(await ask((url) => ({ host: add(url) }))).toBe(basic(text));
    process.env['OLLAMA_HOST'] = 'unused';
    const env = await ask((url) => {
      process.env['OLLAMA_HOST'] = add(url);
      return {};
    });
    expect(env).toBe(basic(text));
  });

  it('of a client becomes one too', async () => {
    const client = (url: string) => ({
      client: new Ollama({ host: url.replace('://', '://user:pass@') }),
    });
    expect(await ask(client)).toBe(basic('user:pass'));
  });

  it.each(['Authorization', 'authorization', 'AUTHORIZATION'])(
    'does not replace a header %s',
    async (name) => {
      const headers = { [name]: 'Bearer mine' };
      expect(await ask((url) => ({ host: url.replace('://', '://user:pass@'), headers }))).toBe(
        'Bearer mine',
      );
    },
  );

  it('is not in the URL that fetch gets', async () => {
    const asked: unknown[] = [];
    const fetch = ((url: unknown) => {
      asked.push(url);
      return Promise.reject(new Error('down'));
    }) as typeof globalThis.fetch;
    await listen(fromOllamaChat(REQUEST, { host: 'http://user:pass@host/ollama', fetch }));
    expect(asked).toEqual(['http://host/ollama/api/chat']);
  });
});
