import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray, type Observable } from 'rxjs';
import { z } from 'zod';
import { accumulateMessage } from '../../../lib/operators/accumulateMessage.js';
import { parseJson } from '../../../lib/operators/parseJson.js';
import { fromOllamaChat } from '../../../lib/sources/fromOllamaChat.js';
import { fromOllamaEmbed } from '../../../lib/sources/fromOllamaEmbed.js';
import { fromOllamaGenerate } from '../../../lib/sources/fromOllamaGenerate.js';
import { demoModel, type DemoModelOptions } from '../../../lib/testing/node/index.js';
import type { ChunkStep, Reply } from '../../../lib/testing/node/script.js';
import { defineTool } from '../../../lib/tools/defineTool.js';
import { runTools } from '../../../lib/tools/runTools.js';
import { toFormat } from '../../../lib/tools/toFormat.js';
import type { ChatRequest } from '../../../lib/types/index.js';
import { post, start } from './support.js';

const FAST = { tokensPerSecond: Infinity, firstChunkMs: 0 };
const request = { model: 'demo', messages: [{ role: 'user', content: 'What is new?' }] };

async function startDemo(options: DemoModelOptions = FAST) {
  const { script, models } = demoModel(options);
  return start(script, { models });
}

const all = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()));

const weather = defineTool({
  name: 'weather',
  description: 'Tells the weather',
  parameters: z.object({ city: z.string(), days: z.int().min(2) }),
  execute: ({ city, days }) => `${city}: rain | for ${String(days)} days\nand nights`,
});
const pay = defineTool({
  name: 'pay',
  description: 'Pays',
  parameters: z.object({ amount: z.number() }),
  needsApproval: true,
  execute: ({ amount }) => `${String(amount)} € were paid.`,
});
const third = defineTool({
  ...pay.tool.function,
  name: 'third',
  description: '',
  parameters: {},
  execute: () => 1,
});

/** What the model would answer, without a server. */
function stepsOf(options: DemoModelOptions, body: Partial<ChatRequest> = {}): Reply {
  const { script } = demoModel(options);
  if (typeof script !== 'function') throw new Error('It is a function.');
  return script({
    path: '/api/chat',
    body: { ...request, ...body },
    thinks: true,
  } as never) as Reply;
}

describe('demoModel', () => {
  it('thinks, and then answers in Markdown with code and a table', async () => {
    const ollama = await startDemo();
    const chunks = await all(fromOllamaChat(request, { host: ollama.url }));
    const { content, thinking } = await lastValueFrom(
      fromOllamaChat(request, { host: ollama.url }).pipe(accumulateMessage()),
    );
    expect(thinking).toContain('What is new?');
    expect(content).toMatch(/^## /);
    expect(content).toMatch(/^```ts\n[^]+^```$/m);
    expect(content).toMatch(/^\| part +\| arrives +\|$/m);
    // Word by word, thinking first.
    const phases = chunks.map(({ message }) =>
      message.thinking ? 't' : message.content ? 'a' : '-',
    );
    expect(phases.join('')).toMatch(/^t+a+-$/);
    expect(phases.length).toBeGreaterThan(50);
    expect(chunks.at(-1)).toMatchObject({ done: true, eval_count: chunks.length - 1 });
  });

  it('does not think where the request says so', async () => {
    const ollama = await startDemo();
    const chat$ = fromOllamaChat({ ...request, think: false }, { host: ollama.url });
    expect(await lastValueFrom(chat$.pipe(accumulateMessage()))).not.toHaveProperty('thinking');
  });

  it('calls the first two tools with valid arguments, and answers with their results', async () => {
    const ollama = await startDemo();
    const tools = [weather, pay, third];
    const events = await all(runTools(request, { tools, approve: () => true, host: ollama.url }));
    expect(events.flatMap((event) => (event.type === 'tool-error' ? event.text : []))).toEqual([]);
    expect(events.flatMap((event) => (event.type === 'tool-result' ? event.text : []))).toEqual([
      'city: rain | for 2 days\nand nights',
      '1 € were paid.',
    ]);
    expect(events.filter(({ type }) => type === 'tool-approval')).toHaveLength(1);
    const end = events.at(-1);
    if (end?.type !== 'finish') throw new Error('There is no finish.');
    expect(end).toMatchObject({ step: 2, reason: 'stop' });
    expect(end.messages.at(-1)?.content.split('\n').slice(-2)).toEqual([
      '| weather | city: rain for 2 days and nights |',
      '| pay | 1 € were paid. |',
    ]);
  });

  it('calls them again for the next question', async () => {
    const ollama = await startDemo();
    const options = { tools: [weather], host: ollama.url };
    const first = await lastValueFrom(runTools(request, options));
    if (first.type !== 'finish') throw new Error('There is no finish.');
    const messages = [...first.messages, { role: 'user', content: 'And now?' }];
    const second = await lastValueFrom(runTools({ ...request, messages }, options));
    expect(second).toMatchObject({ type: 'finish', step: 2, reason: 'stop' });
  });

  it('answers in JSON that fits the format', async () => {
    const ollama = await startDemo();
    const schema = z.object({
      title: z.string(),
      tags: z.array(z.string()),
      stars: z.int().max(5),
    });
    const chat$ = fromOllamaChat({ ...request, format: toFormat(schema) }, { host: ollama.url });
    expect(await lastValueFrom(chat$.pipe(parseJson(schema)))).toEqual({
      title: 'title',
      tags: ['tags 1', 'tags 2'],
      stars: 1,
    });
    const json$ = fromOllamaChat({ ...request, format: 'json' }, { host: ollama.url });
    expect(await lastValueFrom(json$.pipe(parseJson({})))).toEqual({ text: 'text' });
  });

  it('answers a prompt, and all other requests as a server without a script', async () => {
    const { url } = await startDemo();
    const generate$ = fromOllamaGenerate({ model: 'demo', prompt: 'What is new?' }, { host: url });
    expect((await lastValueFrom(generate$.pipe(accumulateMessage()))).thinking).toContain(
      'What is new?',
    );
    const pulled = await (
      await fetch(`${url}/api/pull`, { method: 'POST', body: '{"model":"x"}' })
    ).text();
    expect(pulled).toBe('{"status":"success"}\n');
    await expect(
      lastValueFrom(fromOllamaEmbed({ model: 'demo', input: 'Hi' }, { host: url })),
    ).rejects.toMatchObject({ status: 501 });
  });

  it('is listed with what it can do', async () => {
    const ollama = await startDemo();
    const shown: unknown = await (await post(ollama, '/api/show', { model: 'demo' })).json();
    expect(shown).toMatchObject({
      capabilities: ['completion', 'thinking', 'tools'],
      model_info: { 'scripted.context_length': 32_768 },
    });
    const chat$ = fromOllamaChat({ ...request, model: 'other' }, { host: ollama.url });
    await expect(lastValueFrom(chat$)).rejects.toMatchObject({ status: 404 });
  });

  it('pauses before the first chunk, and between tokens', () => {
    const { steps, delay } = stepsOf({ tokensPerSecond: 80, firstChunkMs: 120 });
    const [first, second] = steps as readonly ChunkStep[];
    expect([first?.delay, second?.delay, delay]).toEqual([120, undefined, 12.5]);
    const usual = stepsOf({ tokensPerSecond: undefined, firstChunkMs: undefined });
    expect([(usual.steps as readonly ChunkStep[])[0]?.delay, usual.delay]).toEqual([300, 25]);
    expect(stepsOf(FAST).delay).toBe(0);
  });

  it('answers messages without a content', () => {
    const messages = [{ role: 'tool' }, { role: 'user' }, { role: 'tool' }] as never;
    expect((stepsOf(FAST, { messages }).steps as readonly ChunkStep[]).length).toBeGreaterThan(3);
  });

  it.each([0, -1, NaN, '40', null])('refuses %p tokens per second', (tokensPerSecond) => {
    const start = () => demoModel({ tokensPerSecond: tokensPerSecond as number });
    expect(start).toThrow(RangeError);
    expect(start).toThrow(`tokensPerSecond is ${String(tokensPerSecond)}. Set it to a number`);
  });

  it.each([-1, NaN, Infinity, '300', null])(
    'refuses %p ms before the first chunk',
    (firstChunkMs) => {
      const start = () => demoModel({ firstChunkMs: firstChunkMs as number });
      expect(start).toThrow(RangeError);
      expect(start).toThrow(`firstChunkMs is ${String(firstChunkMs)}. Set it to a number of ms`);
    },
  );
});
