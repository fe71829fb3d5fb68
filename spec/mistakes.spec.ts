import { describe, expect, it } from '@jest/globals';
import { EMPTY, VirtualTimeScheduler, of, type Observable, type OperatorFunction } from 'rxjs';
import * as lib from '../lib/index.js';
import * as node from '../lib/node/index.js';
import * as otel from '../lib/otel/index.js';
import { fromOllamaChat } from '../lib/sources/fromOllamaChat.js';
import { fromOllamaCreate } from '../lib/sources/fromOllamaCreate.js';
import { fromOllamaEmbed } from '../lib/sources/fromOllamaEmbed.js';
import { fromOllamaGenerate } from '../lib/sources/fromOllamaGenerate.js';
import { fromOllamaPull } from '../lib/sources/fromOllamaPull.js';
import { fromOllamaPush } from '../lib/sources/fromOllamaPush.js';
import { scriptedClient } from '../lib/testing/index.js';
import { listFiles } from './docs/documents.js';
import { REQUEST, forbidConsole, listen, start } from './sources/support.js';

forbidConsole();

type Source = (request?: unknown, options?: unknown) => Observable<unknown>;

const sources = {
  chat: fromOllamaChat as Source,
  generate: fromOllamaGenerate as Source,
  pull: fromOllamaPull as Source,
  push: fromOllamaPush as Source,
  create: fromOllamaCreate as Source,
};
const example = "{ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }";

describe.each(Object.entries(sources))('a mistake with the source of %s', (method, source) => {
  it.each<[string, unknown, unknown, string]>([
    ['no request', undefined, {}, `The request is undefined. Pass an object such as ${example}.`],
    ['a text as request', 'Hi', {}, `The request is a string. Pass an object such as ${example}.`],
    ['no model', {}, {}, `The request has no model. Name one, as in ${example}.`],
    [
      'messages that are a text',
      { model: 'x', messages: 'Hi' },
      {},
      `messages is a string. Pass a list, as in ${example}.`,
    ],
    [
      'a message that is a text',
      { model: 'x', messages: ['Hi'] },
      {},
      `messages[0] is a string. Pass an object, as in ${example}.`,
    ],
    [
      'a client that is none',
      REQUEST,
      { client: {} },
      `The client has no ${method}(). Give it one, or take an instance of Ollama.`,
    ],
  ])('is named: %s', async (_, request, options, message) => {
    let asked = 0;
    const fetch = () => {
      asked++;
      return Promise.reject(new Error('down'));
    };
    const { error } = await listen(source(request, { fetch, ...(options as object) }));
    expect(error).toEqual(new TypeError(message));
    expect(asked).toBe(0);
  });
});

describe('a mistake with the source of embed', () => {
  const embedExample = "{ model: 'embeddinggemma', input: 'Hi' }";

  it.each<[string, unknown, unknown, string]>([
    [
      'no request',
      undefined,
      {},
      `The request is undefined. Pass an object such as ${embedExample}.`,
    ],
    [
      'a text as request',
      'Hi',
      {},
      `The request is a string. Pass an object such as ${embedExample}.`,
    ],
    ['no model', { input: 'Hi' }, {}, `The request has no model. Name one, as in ${embedExample}.`],
    [
      'nothing to embed',
      { model: 'x' },
      {},
      `input is undefined. Pass a text or a list of texts, as in ${embedExample}.`,
    ],
    [
      'a number to embed',
      { model: 'x', input: 5 },
      {},
      `input is a number. Pass a text or a list of texts, as in ${embedExample}.`,
    ],
    [
      'a client that is none',
      { model: 'x', input: 'Hi' },
      { client: {} },
      'The client has no embed(). Give it one, or take an instance of Ollama.',
    ],
  ])('is named: %s', async (_, request, options, message) => {
    const { error } = await listen((fromOllamaEmbed as Source)(request, options));
    expect(error).toEqual(new TypeError(message));
  });
});

describe('a mistake with the host', () => {
  it.each(['', '/', '//', '/api', '/api/', '//api//', '/api/chat'])(
    'is accepted: "%s" after the address',
    async (path) => {
      const ollama = await start(['Hi', { done: true }]);
      const { values, error } = await listen(fromOllamaChat(REQUEST, { host: ollama.url + path }));
      expect(error).toBeUndefined();
      expect(values).toHaveLength(2);
      expect(ollama.requests.map((request) => request.path)).toEqual(['/api/chat']);
    },
  );

  it.each<[string, (url: string) => string, string]>([
    [
      '/v1 after the address',
      (url) => `${url}/v1`,
      'HTTP 404 from URL/v1/api/chat: 404 page not found. The host has to be the root of the server. Is it URL, without /v1?',
    ],
    [
      'https to a server without TLS',
      (url) => url.replace('http:', 'https:'),
      "Ollama can't be reached at https:URL: … Does the server speak TLS? If not, begin the host with http:// instead of https://.",
    ],
    [
      'an address that is none',
      () => 'http://[no',
      '"http://[no" is not the address of a server. Set host to one such as http://127.0.0.1:11434.',
    ],
  ])('is named: %s', async (_, toHost, message) => {
    const { url } = await start(['Hi', { done: true }]);
    const { error } = await listen(fromOllamaChat(REQUEST, { host: toHost(url) }));
    const said = (error as Error).message
      .replaceAll(url, 'URL')
      .replaceAll(url.replace('http:', ''), 'URL')
      .replace(/(?<=https:URL: ).*?\. (?=Does)/, '… ');
    expect(said).toBe(message);
  });
});

const operators: Readonly<Record<string, () => OperatorFunction<never, unknown>>> = {
  accumulateMessage: () => lib.accumulateMessage(),
  accumulateResponse: () => lib.accumulateResponse(),
  answerText: () => lib.answerText(),
  bufferForUi: () => lib.bufferForUi(),
  collectToolCalls: () => lib.collectToolCalls(),
  jsonElements: () => lib.jsonElements(),
  parseJson: () => lib.parseJson({ type: 'object' }),
  partialJson: () => lib.partialJson(),
  recordChat: () => lib.recordChat(() => undefined),
  retryChat: () => lib.retryChat({ count: 1 }),
  shareChat: () => lib.shareChat(),
  splitThinking: () => lib.splitThinking(),
  tapThroughput: () => lib.tapThroughput(() => undefined),
  thinkingText: () => lib.thinkingText(),
  throughput: () => lib.throughput(),
  timeoutChat: () => lib.timeoutChat({ idle: 1000 }),
  toolCalls: () => lib.toolCalls(),
};

describe('values that are not chunks', () => {
  it('are tried with every operator that takes chunks', () => {
    const names = listFiles('lib/operators', '.ts').map((file) => /(\w+)\.ts$/.exec(file)?.[1]);
    // Works on any Observable.
    expect(Object.keys(operators)).toEqual(names.filter((name) => name !== 'takeUntilAborted'));
  });

  describe.each(Object.entries(operators))('are named by %s', (_, createOperator) => {
    it.each<[string, unknown, string]>([
      ['a text, as after answerText()', 'Hi', 'string'],
      ['nothing', undefined, 'undefined'],
      ['null', null, 'object'],
      ['a line of another protocol', { choices: [] }, 'object'],
      ['a line of /api/generate', { response: 'Hi', done: false }, 'object'],
      ['a message that is a text', { message: 'Hi', done: false }, 'object'],
    ])('%s', async (__, value, type) => {
      const { error } = await listen(
        of(value).pipe(createOperator() as OperatorFunction<unknown, unknown>),
      );
      expect(error).toEqual(
        new TypeError(
          `The source emitted a value of type ${type}, and not a chunk with a message. ` +
            'Place this operator before answerText(), map() and others that emit no chunks.',
        ),
      );
    });
  });
});

type WithScheduler = (options: { readonly scheduler: never }) => unknown;

describe('a scheduler that is none', () => {
  const client = scriptedClient([]);
  const functions: Readonly<Record<string, WithScheduler>> = {
    bufferForUi: lib.bufferForUi,
    partialJson: lib.partialJson,
    raceChat: (options) => lib.raceChat([], options),
    recordChat: (options) => lib.recordChat(() => undefined, options),
    replayChat: (options) => lib.replayChat('', options),
    retryChat: (options) => lib.retryChat({ count: 1, ...options }),
    runTools: (options) => lib.runTools({ model: 'x' }, { tools: [], ...options }),
    createConversation: (options) => lib.createConversation({ model: 'x', client, ...options }),
    shareChat: lib.shareChat,
    tapThroughput: (options) => lib.tapThroughput(() => undefined, options),
    throughput: lib.throughput,
    timeoutChat: lib.timeoutChat,
    createRuns: (options) => node.createRuns(options),
    memoryStore: (options) => node.memoryStore(options),
    toSse: (options) => node.toSse(options),
    toNdjson: (options) => node.toNdjson(options),
    toNestSse: (options) => node.toNestSse(options),
    toResponse: (options) => node.toResponse(EMPTY, options),
    traceChat: (options) => otel.traceChat({ request: { model: 'x' }, ...options }),
    traceRun: (options) => otel.traceRun(options),
    traceTools: (options) => otel.traceTools([], options),
    fromOllamaPull: (options) => lib.fromOllamaPull({ model: 'x' }, { client, ...options }),
    fromOllamaPush: (options) => lib.fromOllamaPush({ model: 'x' }, { client, ...options }),
    fromOllamaCreate: (options) => lib.fromOllamaCreate({ model: 'x' }, { client, ...options }),
  };

  describe.each(Object.entries(functions))('is named by %s', (_, call) => {
    it.each<[string, unknown]>([
      ['a number', 16],
      ['null', null],
      ['an object', {}],
      ['a function', () => undefined],
      ['half of one', { now: () => 0 }],
    ])('%s', (__, scheduler) => {
      expect(() => call({ scheduler: scheduler as never })).toThrow(
        new TypeError(
          'scheduler is not a scheduler of RxJS. Set it to one such as asyncScheduler, or omit it.',
        ),
      );
    });

    it('but not a scheduler, or undefined', () => {
      expect(() => call({ scheduler: new VirtualTimeScheduler() as never })).not.toThrow();
      expect(() => call({ scheduler: undefined as never })).not.toThrow();
    });
  });
});
