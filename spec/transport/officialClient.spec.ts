import { afterEach, describe, expect, it, jest } from '@jest/globals';
import defaultClient, { Ollama as NodeOllama } from 'ollama';
import { Ollama } from 'ollama/browser';
import {
  copyRequest,
  getClient,
  getResponse,
  isOfficialClient,
} from '../../lib/transport/officialClient.js';
import { hideSecrets } from '../../lib/transport/sendRequest.js';
import { OllamaConnectionError, OllamaStreamError, OllamaToolError } from '../../lib/errors.js';
import type { OllamaClient, OllamaOptions } from '../../lib/types/index.js';
import { REQUEST, forbidConsole } from '../sources/support.js';

forbidConsole();

const { OLLAMA_HOST } = process.env;
afterEach(() => {
  if (OLLAMA_HOST === undefined) delete process.env['OLLAMA_HOST'];
  else process.env['OLLAMA_HOST'] = OLLAMA_HOST;
});

function official(options: OllamaOptions = {}) {
  const client = getClient(options);
  if (!isOfficialClient(client)) throw new Error('it is not');
  return client;
}

describe('getClient', () => {
  it.each([
    [undefined, 'http://127.0.0.1:11434'],
    ['', 'http://127.0.0.1:11434'],
    ['  ', 'http://127.0.0.1:11434'],
    ['""', 'http://127.0.0.1:11434'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:8080', 'http://127.0.0.1:8080'],
    ['http://0.0.0.0:8080/', 'http://127.0.0.1:8080'],
    ['https://0.0.0.0', 'https://127.0.0.1:443'],
    ['[::]:8080', 'http://127.0.0.1:8080'],
    ['::', 'http://127.0.0.1:11434'],
    [':8080', 'http://127.0.0.1:8080'],
    ['[::1]:8080', 'http://[::1]:8080'],
    [' "192.168.1.2:8080" ', 'http://192.168.1.2:8080'],
    ["'gpu-box'", 'http://gpu-box:11434'],
    ['https://example.com/ollama/', 'https://example.com:443/ollama'],
    ['http://example.com', 'http://example.com:80'],
    ['0.0.0.0.example.com', 'http://0.0.0.0.example.com:11434'],
    ['10.0.0.0:8080', 'http://10.0.0.0:8080'],
  ])('takes the address from OLLAMA_HOST: %p is %s', (value, address) => {
    if (value === undefined) delete process.env['OLLAMA_HOST'];
    else process.env['OLLAMA_HOST'] = value;
    expect(official().config.host).toBe(address);
  });

  it('prefers the option, and does without an environment', () => {
    process.env['OLLAMA_HOST'] = 'elsewhere';
    expect(official({ host: 'here:1' }).config.host).toBe('http://here:1');
    const browser = jest.replaceProperty(globalThis, 'process', undefined as never);
    expect(official().config.host).toBe('http://127.0.0.1:11434');
    browser.replaceValue({} as never);
    expect(official().config.host).toBe('http://127.0.0.1:11434');
    browser.restore();
  });

  it.each(['a b', ':::8080'])('refuses OLLAMA_HOST=%s', (value) => {
    process.env['OLLAMA_HOST'] = value;
    expect(() => getClient({})).toThrow(
      `"${value}" is not the address of a server. Set OLLAMA_HOST to one such as http://127.0.0.1:11434.`,
    );
  });

  it('takes a host that is null for one that is left out, and a URL for its text', () => {
    delete process.env['OLLAMA_HOST'];
    expect(official({ host: null as never }).config.host).toBe('http://127.0.0.1:11434');
    expect(official({ host: new URL('http://gpu:1/') as never }).config.host).toBe('http://gpu:1');
  });

  it('takes the default address where the environment may not be read, as in Deno', () => {
    const env = {
      get OLLAMA_HOST(): string {
        throw new Error('Requires env access to "OLLAMA_HOST"');
      },
    };
    const deno = jest.replaceProperty(globalThis, 'process', { env } as never);
    expect(official().config.host).toBe('http://127.0.0.1:11434');
    const stricter = {
      get env(): never {
        throw new Error('NotCapable');
      },
    };
    deno.replaceValue(stricter as never);
    expect(official().config.host).toBe('http://127.0.0.1:11434');
    deno.restore();
  });

  it('passes headers and fetch on', () => {
    const fetch = jest.fn<typeof globalThis.fetch>();
    const client = official({ headers: { 'X-Test': 'yes' }, fetch });
    expect(client.config.headers).toEqual({ 'X-Test': 'yes' });
    expect(client.fetch).toBe(fetch);
  });

  it('gives back the client that it is given, whatever else there is', () => {
    const client = { chat: () => [] };
    expect(getClient({ client, host: 'http://[no' })).toBe(client);
  });

  it.each(['http://[no', 'http://host:port', 'a b', '', '/path'])('refuses the host %p', (host) => {
    const refused = expect(() => getClient({ host }));
    refused.toThrow(OllamaConnectionError);
    refused.toThrow(`"${host}" is not the address of a server.`);
  });

  it.each<[string, unknown]>([
    ['an empty object', {}],
    ['a text', 'http://127.0.0.1:11434'],
    ['a client whose chat is not a function', { chat: 1 }],
  ])('refuses as client %s', (_, client) => {
    expect(() => getClient({ client: client as never })).toThrow(
      new TypeError('The client has no chat(). Give it one, or take an instance of Ollama.'),
    );
  });

  it('asks a client for the method that is needed', () => {
    const client = { chat: () => [] };
    expect(() => getClient({ client }, 'embed')).toThrow('The client has no embed().');
    expect(getClient({ client: { embed: () => [] } as never }, 'embed')).toHaveProperty('embed');
  });
});

describe('isOfficialClient', () => {
  class Derived extends Ollama {}

  it.each<[string, OllamaClient]>([
    ['ollama/browser', new Ollama()],
    ['ollama', new NodeOllama()],
    ['the default instance', defaultClient],
    ['a class derived from it', new Derived()],
  ])('knows %s', (_, client) => {
    expect(isOfficialClient(client)).toBe(true);
  });

  it.each([
    { config: {}, fetch },
    { config: {}, ongoingStreamedRequests: [] },
    { fetch, ongoingStreamedRequests: [] },
  ])('leaves alone a client of the user’s own that happens to have %o', (parts) => {
    class Own {
      chat() {
        return [];
      }
    }
    expect(isOfficialClient(Object.assign(new Own(), parts))).toBe(false);
  });

  it('leaves alone what answers for itself: a client of the user’s own, and one with a spy', () => {
    expect(isOfficialClient({ chat: () => [] })).toBe(false);
    const client = new Ollama();
    jest.spyOn(client, 'chat');
    expect(isOfficialClient(client)).toBe(false);
  });
});

describe('getResponse', () => {
  const { signal } = new AbortController();

  it('gives the response as fetch gave it, with nothing of its body read', async () => {
    const response = new Response('{"done":true}\n');
    const client = official({ fetch: () => Promise.resolve(response) });
    const call = (by: OllamaClient) => by.chat(REQUEST);
    expect(await getResponse(client, call, signal)).toBe(response);
    expect(response.bodyUsed).toBe(false);
  });

  it('fails at this origin where the client has no other', async () => {
    const client = new Ollama({
      proxy: true,
      fetch: () => Promise.reject(new TypeError('down')),
    });
    if (!isOfficialClient(client)) throw new Error('it is not');
    await expect(getResponse(client, (by) => by.chat(REQUEST), signal)).rejects.toThrow(
      "Ollama can't be reached at this origin: down.",
    );
  });

  it('sends the request also under fake timers, and asks fetch not to follow redirects', async () => {
    jest.useFakeTimers();
    const asked: (RequestInit | undefined)[] = [];
    const fetch: typeof globalThis.fetch = (_, init) => {
      asked.push(init);
      return Promise.resolve(new Response('{}'));
    };
    await getResponse(official({ fetch }), (by) => by.chat(REQUEST), signal);
    expect(asked).toMatchObject([{ method: 'POST', redirect: 'manual', signal }]);
  });

  it('resolves to whatever fetch gives that is not a response', async () => {
    for (const nothing of [undefined, null, 'text', {}]) {
      const client = official({ fetch: () => Promise.resolve(nothing as never) });
      expect(await getResponse(client, (by) => by.chat(REQUEST), signal)).toBe(nothing);
    }
  });

  it('cancels the body of a redirect', async () => {
    const cancel = jest.fn<() => void>();
    const body = new ReadableStream<Uint8Array>({ cancel });
    const response = new Response(body, { status: 307, headers: { location: 'http://other' } });
    const client = official({ fetch: () => Promise.resolve(response) });
    await expect(getResponse(client, (by) => by.chat(REQUEST), signal)).rejects.toThrow('HTTP 307');
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it('fails at a redirect without a body', async () => {
    const response = new Response(null, { status: 307, headers: { location: 'http://other' } });
    const client = official({ fetch: () => Promise.resolve(response) });
    await expect(getResponse(client, (by) => by.chat(REQUEST), signal)).rejects.toThrow('HTTP 307');
  });

  it.each([
    ['X-Note', 'a\nb', 'X-Note'],
    ['X-Note', '漢', 'X-Note'],
    ['X Note', 'a', 'of a wrong name'],
    ['X-Nöte', 'a', 'of a wrong name'],
  ])(
    'refuses the header %j with the value %j, and does not show it',
    async (name, value, shown) => {
      const fetch = jest.fn<typeof globalThis.fetch>();
      const client = official({ headers: { [name]: value }, fetch });
      await expect(getResponse(client, (by) => by.chat(REQUEST), signal)).rejects.toMatchObject({
        code: 'validation',
        message:
          `The header ${shown} can't be sent. ` +
          'Does its value have a line break, or a character outside Latin-1?',
        issues: [{ message: 'This header is not valid.', path: ['headers', name] }],
      });
      expect(fetch).not.toHaveBeenCalled();
    },
  );

  it('sends the header of a value in Latin-1', async () => {
    const client = official({
      headers: { 'X-Note': 'é' },
      fetch: () => Promise.resolve(new Response('{}')),
    });
    expect(await getResponse(client, (by) => by.chat(REQUEST), signal)).toBeInstanceOf(Response);
  });

  it('leaves the client as it was', async () => {
    const client = official({ fetch: () => Promise.resolve(new Response('')) });
    const before = { ...client, config: { ...client.config } };
    await getResponse(client, (by) => by.chat({ ...REQUEST, stream: true }), signal);
    expect({ ...client }).toEqual(before);
    expect(client).toHaveProperty('ongoingStreamedRequests', []);
  });

  it('fails if the client makes no request', async () => {
    const call = () => Promise.resolve('mocked');
    await expect(getResponse(official(), call, signal)).rejects.toThrow(
      'The client made no request through its fetch.',
    );
  });

  it('passes on what the client throws before it asks', async () => {
    const request = { ...REQUEST, options: { seed: 1n as unknown as number } };
    await expect(getResponse(official(), (by) => by.chat(request), signal)).rejects.toThrow(
      'Do not know how to serialize a BigInt',
    );
  });
});

describe('hideSecrets', () => {
  const stopper = () => new AbortController().signal;

  it('takes the headers of its own request out of an error, and no other', async () => {
    const signal = stopper();
    const client = official({
      headers: { 'X-Api-Key': 'sk-123456' },
      fetch: () => Promise.resolve(new Response('{}')),
    });
    await getResponse(client, (by) => by.chat(REQUEST), signal);
    const create = () => new OllamaStreamError('bad key sk-123456', { key: 'sk-123456' });
    expect(hideSecrets(create(), signal)).toMatchObject({
      message: 'bad key [redacted]',
      detail: { key: '[redacted]' },
    });
    expect(hideSecrets(create(), stopper())).toMatchObject({ message: 'bad key sk-123456' });
  });

  it('gives back what is not an error of this library', () => {
    const error = new Error('x');
    expect(hideSecrets(error, stopper())).toBe(error);
  });
});

describe('copyRequest', () => {
  const ask = (request: unknown) => copyRequest(request as { messages?: never });
  const example = "{ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }";

  it.each<[unknown, string]>([
    [undefined, `The request is undefined. Pass an object such as ${example}.`],
    [null, `The request is null. Pass an object such as ${example}.`],
    ['Hi', `The request is a string. Pass an object such as ${example}.`],
    [{}, `The request has no model. Name one, as in ${example}.`],
    [{ model: '' }, `The request has no model. Name one, as in ${example}.`],
    [{ model: 5 }, `The request has no model. Name one, as in ${example}.`],
    [[], `The request has no model. Name one, as in ${example}.`],
    [{ model: 'x', messages: 'Hi' }, `messages is a string. Pass a list, as in ${example}.`],
    [{ model: 'x', messages: {} }, `messages is an object. Pass a list, as in ${example}.`],
    [
      { model: 'x', messages: [{ role: 'user', content: 'Hi' }, 'there'] },
      `messages[1] is a string. Pass an object, as in ${example}.`,
    ],
    [{ model: 'x', messages: [null] }, `messages[0] is null. Pass an object, as in ${example}.`],
    [
      { model: 'x', messages: [['Hi']] },
      `messages[0] is a list. Pass an object, as in ${example}.`,
    ],
  ])('names the mistake in %j', (request, message) => {
    expect(() => ask(request)).toThrow(new TypeError(message));
  });

  it.each([{ messages: undefined }, { messages: null }, { messages: [] }, {}])(
    'takes a request with %j',
    (fields) => {
      expect(ask({ model: 'x', ...fields })).toEqual({ model: 'x', stream: true, ...fields });
    },
  );

  const toMessages = (args: unknown) => [
    {
      role: 'assistant',
      content: '',
      tool_calls: [{ id: 'c1', function: { name: 'add', arguments: args } }],
    },
  ];

  it.each<[unknown, unknown]>([
    [{ a: 1 }, { a: 1 }],
    ['{"a":1}', { a: 1 }],
    ['', {}],
    [undefined, {}],
    [null, {}],
  ])('repairs the arguments of a call in the history: %j', (args, sent) => {
    const request = { model: 'x', messages: toMessages(args) };
    const before = structuredClone(request);
    expect(ask(request)).toEqual({ model: 'x', stream: true, messages: toMessages(sent) });
    expect(request).toEqual(before);
  });

  it.each<unknown>(['{"a":', '[]', [], 5])('refuses arguments that are no object: %j', (args) => {
    expect(() => ask({ model: 'x', messages: toMessages(args) })).toThrow(OllamaToolError);
  });
});
