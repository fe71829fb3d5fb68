import { afterEach, describe, expect, it, jest } from '@jest/globals';
import defaultClient, { Ollama as NodeOllama } from 'ollama';
import { Ollama } from 'ollama/browser';
import { getClient, getResponse, isOfficialClient } from '../../lib/transport/officialClient.js';
import { OllamaConnectionError } from '../../lib/errors.js';
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

  it.each(['a b', ':::8080'])('refuses OLLAMA_HOST=%s as no address', (value) => {
    process.env['OLLAMA_HOST'] = value;
    expect(() => getClient({})).toThrow(`"${value}" is no address of a server.`);
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

  it.each(['http://[no', 'http://host:port', 'a b'])('refuses %p as no address', (host) => {
    const refused = expect(() => getClient({ host }));
    refused.toThrow(OllamaConnectionError);
    refused.toThrow(
      `"${host}" is no address of a server. Give a host such as http://127.0.0.1:11434.`,
    );
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
