import { describe, expect, it } from '@jest/globals';
import { Ollama as NodeOllama } from 'ollama';
import { repeat, take, type Observable } from 'rxjs';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { accumulateResponse } from '../../lib/operators/accumulateResponse.js';
import { answerText } from '../../lib/operators/answerText.js';
import { bufferForUi } from '../../lib/operators/bufferForUi.js';
import { collectToolCalls } from '../../lib/operators/collectToolCalls.js';
import { splitThinking } from '../../lib/operators/splitThinking.js';
import { tapThroughput } from '../../lib/operators/tapThroughput.js';
import { thinkingText } from '../../lib/operators/thinkingText.js';
import { throughput } from '../../lib/operators/throughput.js';
import { toolCalls } from '../../lib/operators/toolCalls.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import type { ScriptedOllama } from '../../lib/testing/node/index.js';
import type { ChatChunk, ChatRequest } from '../../lib/types/index.js';
import { REQUEST, ask, forbidConsole, listen, roundTrip, start, toContents } from './support.js';

forbidConsole();

const chatsOf = ({ requests }: ScriptedOllama) =>
  requests.filter(({ path }) => path === '/api/chat');

/** A `fetch` that writes down each body as it is sent. */
function createRecorder() {
  const bodies: unknown[] = [];
  const record: typeof fetch = (input, init) => {
    bodies.push(init?.body);
    return fetch(input, init);
  };
  return { bodies, fetch: record };
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}

describe('fromOllamaChat', () => {
  it('emits the lines as they are on the wire, the final one with the statistics, and completes', async () => {
    const lines = [
      { model: 'm', created_at: 'x', message: { role: 'assistant', content: 'a' }, done: false },
      {
        ...{ model: 'm', created_at: 'y', message: { role: 'assistant', content: '' } },
        ...{ done: true, done_reason: 'stop', eval_count: 2, unknown: { to: ['us'] } },
      },
    ];
    const ollama = await start(lines.map((line) => ({ raw: `${JSON.stringify(line)}\n` })));
    const { values, error } = await listen(ask(ollama));
    expect(values).toEqual(lines);
    expect(error).toBeUndefined();
  });

  it('asks for nothing before it is subscribed to, and once for each subscription', async () => {
    const ollama = await start();
    const chat = ask(ollama);
    await roundTrip(ollama);
    expect(chatsOf(ollama)).toEqual([]);
    const both = await Promise.all([listen(chat), listen(chat)]);
    expect(both.map(({ values }) => toContents(values).join(''))).toEqual([
      'Hello, world!',
      'Hello, world!',
    ]);
    expect(chatsOf(ollama)).toHaveLength(2);
  });

  it.each<[string, (chat: Observable<ChatChunk>) => unknown]>([
    [
      'in the frame of subscribing',
      (chat) => {
        chat.subscribe().unsubscribe();
      },
    ],
    ['by a consumer that wants nothing', (chat) => chat.pipe(take(0)).subscribe()],
    [
      'in a microtask after subscribing',
      async (chat) => {
        const subscription = chat.subscribe();
        await Promise.resolve();
        subscription.unsubscribe();
      },
    ],
  ])('sends nothing if it is left %s', async (_, leave) => {
    const ollama = await start();
    const { bodies, fetch } = createRecorder();
    await leave(ask(ollama, { fetch }));
    await roundTrip(ollama);
    expect(bodies).toEqual([]);
    expect(chatsOf(ollama)).toEqual([]);
  });

  it('puts right what some servers leave out: done, a message, its content', async () => {
    const ollama = await start([
      { raw: '{"message":{"role":"assistant","content":null,"thinking":"hm"}}\n' },
      { raw: '{"message":{"role":"assistant"},"done":false}\n' },
      { raw: '{"done_reason":"stop"}' },
    ]);
    const { values, error } = await listen(ask(ollama));
    expect(error).toBeUndefined();
    expect(values).toEqual([
      { message: { role: 'assistant', content: '', thinking: 'hm' }, done: false },
      { message: { role: 'assistant', content: '' }, done: false },
      { message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' },
    ]);
  });
});

describe('the request', () => {
  const all: ChatRequest & Record<string, unknown> = {
    model: 'qwen3',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is this?', images: [Uint8Array.of(1, 2, 255)] },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'call_1', function: { name: 'look', arguments: { at: [1, 2] } } }],
      },
      { role: 'tool', content: 'a cat', tool_name: 'look', tool_call_id: 'call_1' },
      { role: 'user', content: 'And this?', images: ['AQL/'] },
    ],
    tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }],
    format: { type: 'object' },
    options: { temperature: 0, seed: 7 },
    keep_alive: -1,
    think: 'max',
    truncate: false,
    shift: false,
    of_the_future: { deep: [true] },
  };
  const sent = {
    ...all,
    messages: all.messages?.map((message) =>
      message.images ? { ...message, images: ['AQL/'] } : message,
    ),
    stream: true,
  };

  it('arrives as it is, unknown keys included, with images as base64', async () => {
    const ollama = await start();
    const { error } = await listen(ask(ollama, {}, all));
    expect(error).toBeUndefined();
    expect((await ollama.received()).body).toEqual(sent);
  });

  it('is not changed, and may be frozen throughout', async () => {
    const ollama = await start();
    const before = structuredClone(all);
    await listen(ask(ollama, {}, freeze(all)));
    expect(all).toEqual(before);
    expect((await ollama.received()).body).toEqual(sent);
  });

  it('is the same again, byte for byte, for each subscription', async () => {
    const ollama = await start();
    const { bodies, fetch } = createRecorder();
    const chat = ask(ollama, { fetch }, all);
    await listen(chat.pipe(repeat(2)));
    await listen(chat);
    expect(bodies).toHaveLength(3);
    expect(typeof bodies[0]).toBe('string');
    expect(new Set(bodies).size).toBe(1);
  });

  it.each([
    ['without a client', (url: string) => ({ host: url })],
    ['with the client for Node', (url: string) => ({ client: new NodeOllama({ host: url }) })],
  ])('never has a file in it that a string in images happens to name: %s', async (_, options) => {
    const ollama = await start();
    const messages = [{ role: 'user', content: 'Hi', images: [__filename] }];
    await listen(fromOllamaChat({ model: 'qwen3', messages }, options(ollama.url)));
    expect((await ollama.received()).body.messages).toEqual(messages);
  });
});

describe('stream: false', () => {
  const call = { id: 'call_1', function: { index: 0, name: 'add', arguments: { a: 1 } } };
  const ask1 = async () => {
    const ollama = await start([
      { thinking: 'hm' },
      'Hel',
      'lo',
      { tool_calls: [call] },
      { done: true, eval_count: 4, eval_duration: 2e9 },
    ]);
    return ask(ollama, {}, { ...REQUEST, stream: false });
  };

  it('gives one chunk with all in it', async () => {
    const { values } = await listen(await ask1());
    expect(values).toMatchObject([
      { message: { content: 'Hello', thinking: 'hm', tool_calls: [call] }, done: true },
    ]);
  });

  const message = { role: 'assistant', content: 'Hello', thinking: 'hm', tool_calls: [call] };
  it.each<[string, (chat: Observable<ChatChunk>) => Observable<unknown>, unknown[]]>([
    [
      'splitThinking',
      (chat) => chat.pipe(splitThinking()),
      [
        { phase: 'thinking', message: { thinking: 'hm' } },
        { phase: 'answer', message: { content: 'Hello' } },
        { phase: 'tools', message: { tool_calls: [call] } },
        { phase: 'done', done: true, eval_count: 4 },
      ],
    ],
    ['bufferForUi', (chat) => chat.pipe(bufferForUi()), [{ message, done: true }]],
    ['tapThroughput', (chat) => chat.pipe(tapThroughput({})), [{ message, done: true }]],
    ['accumulateResponse', (chat) => chat.pipe(accumulateResponse()), [{ message, done: true }]],
    ['accumulateMessage', (chat) => chat.pipe(accumulateMessage()), [message]],
    ['collectToolCalls', (chat) => chat.pipe(collectToolCalls()), [[call]]],
    ['toolCalls', (chat) => chat.pipe(toolCalls()), [call]],
    ['answerText', (chat) => chat.pipe(answerText()), ['Hello']],
    ['thinkingText', (chat) => chat.pipe(thinkingText()), ['hm']],
  ])('goes through %s', async (_, use, expected) => {
    const { values, error } = await listen(use(await ask1()));
    expect(error).toBeUndefined();
    expect(values).toMatchObject(expected);
    expect(values).toHaveLength(expected.length);
  });

  it('goes through throughput, which is exact at once', async () => {
    const { values } = await listen((await ask1()).pipe(throughput()));
    expect(values.at(-1)).toMatchObject({ tokens: 4, tokensPerSecond: 2, exact: true });
  });
});
