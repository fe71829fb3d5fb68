import { describe, expect, it, jest } from '@jest/globals';
import { concatMap, range, repeat, retry, takeWhile, toArray, type Observable } from 'rxjs';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { fromOllamaCreate } from '../../lib/sources/fromOllamaCreate.js';
import { fromOllamaEmbed } from '../../lib/sources/fromOllamaEmbed.js';
import { fromOllamaGenerate } from '../../lib/sources/fromOllamaGenerate.js';
import { fromOllamaPull } from '../../lib/sources/fromOllamaPull.js';
import { fromOllamaPush } from '../../lib/sources/fromOllamaPush.js';
import type { Script } from '../../lib/testing/node/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import {
  REQUEST,
  ask,
  createGate,
  forbidConsole,
  listen,
  roundTrip,
  start,
  stopTime,
  toContents,
} from '../sources/support.js';

forbidConsole();

const ANSWER = ['a', 'b', { done: true }];
const leaveAtDone = (chat: Observable<ChatChunk>) =>
  chat.pipe(takeWhile(({ done }) => !done, true));

describe('the connection after the final chunk', () => {
  it.each<[string, (chat: Observable<ChatChunk>) => Observable<ChatChunk>]>([
    ['complete', (chat) => chat],
    ['are left at the final chunk', leaveAtDone],
  ])('serves 50 chats that follow on each other in one frame and %s', async (_, use) => {
    const ollama = await start(ANSWER);
    const { values } = await listen(range(0, 50).pipe(concatMap(() => use(ask(ollama)))));
    expect(values).toHaveLength(150);
    expect(ollama.requests).toHaveLength(50);
    expect(ollama.connections).toBe(1);
  });

  it('serves a request that is repeated on completion, and one that is retried on an error', async () => {
    const ollama = await start(ANSWER);
    await listen(ask(ollama).pipe(repeat(20)));
    expect(ollama.connections).toBe(1);

    const busy = await start({ steps: [{ error: 'server busy', status: 503 }] });
    await listen(ask(busy).pipe(retry(20)));
    expect(busy.requests).toHaveLength(21);
    expect(busy.connections).toBe(1);
  });

  it('serves chats that are awaited', async () => {
    const ollama = await start(ANSWER);
    for (let n = 0; n < 20; n++) await listen(leaveAtDone(ask(ollama)));
    expect(ollama.connections).toBe(1);
  });

  it('serves again after lines that follow the final chunk, which nobody gets', async () => {
    const ollama = await start([...ANSWER, 'too late', { raw: 'no JSON\n' }]);
    const chats = await listen(range(0, 5).pipe(concatMap(() => ask(ollama).pipe(toArray()))));
    expect(chats.values.map(toContents)).toEqual(Array(5).fill(['a', 'b', '']));
    expect(chats.error).toBeUndefined();
    expect(ollama.connections).toBe(1);
  });

  it('is independent of others: chats at the same time have one each', async () => {
    const { gate, open } = createGate();
    const ollama = await start(({ body }) => [{ delay: gate }, String(body.model), { done: true }]);
    const chats = ['a', 'b', 'c'].map((model) => listen(ask(ollama, {}, { ...REQUEST, model })));
    await ollama.received(3);
    open();
    const contents = (await Promise.all(chats)).map(({ values }) => toContents(values));
    expect(contents).toEqual([
      ['a', ''],
      ['b', ''],
      ['c', ''],
    ]);
    expect(ollama.connections).toBe(3);
  });
});

describe('a consumer that leaves at the final chunk', () => {
  it('leaves the rest of the body to be read: the connection is not closed', async () => {
    const { gate, open } = createGate();
    const ollama = await start([...ANSWER, { delay: gate }]);
    stopTime();
    await listen(leaveAtDone(ask(ollama)));
    await roundTrip(ollama);
    open();
    expect(await (await ollama.received()).closed).toBe('completed');
  });
});

describe('a server that keeps the body open after the final chunk', () => {
  const open: Script = [...ANSWER, { fault: 'hang' }];

  it('is given 100 ms; then the chat completes, the connection is closed, and no timer is left', async () => {
    const ollama = await start(open);
    stopTime();
    const log: string[] = [];
    const completed = new Promise<void>((resolve) => {
      ask(ollama).subscribe({
        next: ({ message }) => log.push(message.content),
        complete() {
          log.push('|');
          resolve();
        },
      });
    });
    const request = await ollama.received();
    while (jest.getTimerCount() === 0) await roundTrip(ollama);
    jest.advanceTimersByTime(99);
    await roundTrip(ollama);
    expect(log).toEqual(['a', 'b', '']);
    expect(request.outcome).toBe('open');

    jest.advanceTimersByTime(1);
    await completed;
    expect(log).toEqual(['a', 'b', '', '|']);
    expect(await request.closed).toBe('aborted');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is left just as soon when the consumer has gone at the final chunk', async () => {
    const ollama = await start(open);
    stopTime();
    await listen(leaveAtDone(ask(ollama)));
    const request = await ollama.received();
    while (jest.getTimerCount() === 0) await roundTrip(ollama);
    jest.advanceTimersByTime(99);
    await roundTrip(ollama);
    expect(request.outcome).toBe('open');
    jest.advanceTimersByTime(1);
    expect(await request.closed).toBe('aborted');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does no harm when it breaks the connection instead: the answer is complete', async () => {
    const ollama = await start([...ANSWER, { fault: 'reset' }]);
    const { values, error } = await listen(ask(ollama));
    expect(toContents(values)).toEqual(['a', 'b', '']);
    expect(error).toBeUndefined();
  });
});

describe('one network read', () => {
  it('is delivered in one go: all its lines, with no promise in between', async () => {
    const ollama = await start({ steps: ['a', 'b', 'c', { done: true }], cutting: 'whole' });
    let microtasks = 0;
    const turns: number[] = [];
    await new Promise<void>((resolve) => {
      ask(ollama).subscribe({
        next() {
          queueMicrotask(() => microtasks++);
          turns.push(microtasks);
        },
        complete: resolve,
      });
    });
    expect(turns).toEqual([0, 0, 0, 0]);
    expect(microtasks).toBe(4);
  });

  it('is left between two of its lines: the next one is not even parsed', async () => {
    const ollama = await start({ steps: ['a', 'b', { raw: 'no JSON\n' }], cutting: 'whole' });
    const contents: string[] = [];
    const subscription = ask(ollama).subscribe(({ message }) => {
      contents.push(message.content);
      if (contents.length === 2) subscription.unsubscribe();
    });
    await (
      await ollama.received()
    ).closed;
    await roundTrip(ollama);
    expect(contents).toEqual(['a', 'b']);
  });

  it('may be as small as a byte', async () => {
    const ollama = await start({ steps: ['é漢😀', { done: true }], cutting: 1 });
    const { values } = await listen(ask(ollama));
    expect(toContents(values)).toEqual(['é漢😀', '']);
  });
});

describe('a response that stops short of a final chunk', () => {
  const noChunk = 'A line of the response is not a chunk';

  it.each([
    ['and ends in blanks', ' \n ', 'truncated', 'The response ended without a final chunk'],
    ['and ends in an object that is no chunk', '{"object":"chunk"}', 'protocol', noChunk],
    [
      'at calls one of which is none',
      '{"message":{"tool_calls":[{"function":{}},{}]}}\n',
      'protocol',
      noChunk,
    ],
  ] as const)('%s fails as what it is', async (_, raw, code, message) => {
    const { error } = await listen(ask(await start(['a', { raw }])));
    const partial = { role: 'assistant', content: 'a' };
    expect(error).toMatchObject({ code, message: expect.stringContaining(message), partial });
  });
});

describe('a line of 8 MiB in reads of 16 KiB', () => {
  it('costs no more than a small multiple of what fetch and JSON.parse cost', async () => {
    const content = 'The sky is blue. 空は青い。'.repeat(280_000);
    const ollama = await start({ steps: [content, { done: true }], cutting: 16 * 1024 });
    const bare = async () => {
      const body = JSON.stringify(REQUEST);
      const response = await fetch(`${ollama.url}/api/chat`, { method: 'POST', body });
      const lines = (await response.text()).trim().split('\n');
      return lines.map((line) => JSON.parse(line) as ChatChunk);
    };
    const measure = async (run: () => Promise<readonly ChatChunk[]>) => {
      const before = performance.now();
      // Not compared as a whole: a failure would print it.
      expect((await run())[0]?.message.content.length).toBe(content.length);
      return performance.now() - before;
    };
    let best = Infinity;
    // The machine may be busy with something else: once is enough to show it.
    for (let n = 0; n < 5 && best >= 4; n++) {
      const ours = await measure(async () => (await listen(ask(ollama))).values);
      best = Math.min(best, ours / (await measure(bare)));
    }
    expect(best).toBeLessThan(4);
  });
});

describe('maxLineBytes', () => {
  it('is the longest line that is accepted, in bytes', async () => {
    const ollama = await start(['a', 'x'.repeat(500), 'b', { fault: 'hang' }]);
    const { values, error } = await listen(ask(ollama, { maxLineBytes: 500 }));
    expect(toContents(values)).toEqual(['a']);
    expect(error).toMatchObject({
      code: 'protocol',
      line: expect.stringMatching(/^\{"model":"qwen3",.*"done":false\}$/),
      partial: { role: 'assistant', content: 'a' },
    });
    expect((error as Error).message).toContain('longer than 500 bytes');
    expect(await (await ollama.received()).closed).toBe('aborted');
  });

  it.each([0, -1, 1.5, NaN])('is refused at the call when it is %p', (maxLineBytes) => {
    const sources: readonly (() => unknown)[] = [
      () => fromOllamaChat(REQUEST, { maxLineBytes }),
      () => fromOllamaGenerate({ model: 'qwen3', prompt: 'Hi' }, { maxLineBytes }),
      () => fromOllamaEmbed({ model: 'qwen3', input: 'Hi' }, { maxLineBytes }),
      () => fromOllamaPull({ model: 'qwen3' }, { maxLineBytes }),
      () => fromOllamaPush({ model: 'qwen3' }, { maxLineBytes }),
      () => fromOllamaCreate({ model: 'qwen3' }, { maxLineBytes }),
    ];
    for (const call of sources) expect(call).toThrow(RangeError);
  });

  it('is 64 MiB unless said otherwise', async () => {
    const piece = new TextEncoder().encode('x'.repeat(1024 * 1024));
    let pieces = 0;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pieces++;
          controller.enqueue(piece);
        },
      },
      { highWaterMark: 0 },
    );
    const fetch = () => Promise.resolve(new Response(endless));
    const { error } = await listen(ask({ url: 'http://127.0.0.1:1' }, { fetch }));
    expect((error as Error).message).toContain('longer than 67108864 bytes');
    expect(pieces).toBe(65);
  });
});
