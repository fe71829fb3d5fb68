import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge, readBody } from '../../../lib/testing/node/judge.js';
import { createModels } from '../../../lib/testing/node/models.js';
import { measureGrowth } from '../../support/growth.js';
import { CHAT, chat, post, start } from './support.js';

const MODELS = {
  qwen3: { capabilities: ['thinking', 'tools'] },
  llama2: { capabilities: [] },
} as const;
const PATHS = ['chat', 'generate', 'embed', 'show', 'pull', 'push', 'create'].map(
  (name) => `/api/${name}`,
);

function answerTo(path: string, body: unknown): unknown {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const read = readBody(path, Buffer.from(text));
  return read.refusal ?? judge(path, read.body, createModels(MODELS));
}

describe('a request that is refused', () => {
  it('is recorded, and asks no script', async () => {
    const ollama = await start(
      () => {
        throw new Error('never asked');
      },
      { models: MODELS },
    );
    for (const body of [{ ...CHAT, model: 'x' }, 'model=qwen3', { ...CHAT, model: 3 }]) {
      await (await post(ollama, '/api/chat', body)).text();
    }
    expect(ollama.requests).toMatchObject([
      { body: { model: 'x' }, outcome: 'completed' },
      { body: {}, outcome: 'completed' },
      { body: { model: 3 }, outcome: 'completed' },
    ]);
  });

  it('never throws, whatever its body is', () => {
    const messages = fc.array(
      fc.oneof(fc.jsonValue(), fc.record({ content: fc.jsonValue(), tool_calls: fc.jsonValue() })),
    );
    const value = fc.oneof(fc.jsonValue(), messages, fc.constantFrom('qwen3', 'llama2', '', 0));
    const keys = ['model', 'name', 'messages', 'prompt', 'stream', 'think', 'tools', 'format'];
    const more = ['keep_alive', 'top_logprobs', 'options', 'images', 'input', 'suffix', 'template'];
    const bodies = fc.dictionary(fc.constantFrom(...keys, ...more, 'raw', 'from'), value);
    fc.assert(
      fc.property(fc.constantFrom(...PATHS), bodies, (path, body) => {
        const verdict = answerTo(path, body);
        expect(verdict === undefined || typeof verdict === 'object').toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, (n: number) => unknown]>([
    ['keep_alive', (n) => ({ ...CHAT, keep_alive: `${'1'.repeat(n)}!` })],
    ['keep_alive', (n) => ({ ...CHAT, keep_alive: `${'1.1ms'.repeat(n)}!` })],
    ['images', (n) => ({ ...CHAT, messages: [{ images: [`${'a'.repeat(n)}!`] }] })],
    ['model', (n) => ({ ...CHAT, model: 'a/'.repeat(n) })],
    ['template', (n) => ({ model: 'llama2', prompt: 'x', template: '{{ if x }}'.repeat(n) })],
    ['nesting', (n) => `{"messages":${'['.repeat(n)}`],
    ['messages', (n) => ({ ...CHAT, messages: Array(n).fill({ role: 1 }) })],
  ])('takes time in proportion to its size: %s', (_, build) => {
    const growth = measureGrowth((size) => {
      answerTo('/api/chat', build(size));
      answerTo('/api/generate', build(size));
    }, 4000);
    expect(growth).toBeLessThan(10);
  });

  it('because its body is longer than 64 MiB', async () => {
    const content = 'x'.repeat(64 * 1024 * 1024);
    const response = await post(await start(), '/api/chat', { ...CHAT, content });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ error: 'http: request body too large' });
  });
});

describe('a model in the cloud', () => {
  it('is served where it is named', async () => {
    const ollama = await start(['Hi', { done: true }], { models: ['gpt-oss:120b-cloud'] });
    const response = await chat(ollama, { model: 'gpt-oss:120b-cloud' });
    expect(response.status).toBe(200);
  });

  it('is refused where no models are named', async () => {
    expect((await chat(await start(), { model: 'gpt-oss:120b-cloud' })).status).toBe(403);
  });
});

describe('thinks', () => {
  it.each<[object, boolean]>([
    [{}, true],
    [{ think: null }, true],
    [{ think: true }, true],
    [{ think: 'max' }, true],
    [{ think: false }, false],
    [{ model: 'llama2' }, false],
    [{ model: 'llama2', think: false }, false],
  ])('of %j is %j', async (body, thinks) => {
    const script = ({ thinks: answer }: { thinks: boolean }) => [String(answer)];
    const ollama = await start(script, { models: MODELS });
    await (await chat(ollama, body)).text();
    expect(ollama.requests[0]?.thinks).toBe(thinks);
  });
});

describe('a request without anything to answer', () => {
  it.each([
    ['/api/chat', { messages: [] }, '"message":{"role":"assistant","content":""}'],
    ['/api/generate', { prompt: '' }, '"response":""'],
  ])('loads and unloads the model: %s', async (path, body, nothing) => {
    const ollama = await start(['never']);
    const ask = async (keep_alive: unknown) => {
      const response = await post(ollama, path, { model: 'qwen3', ...body, keep_alive });
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      return (await response.text()).replace(/"created_at":"[^"]*"/, '"created_at":""');
    };
    const loaded = async () =>
      ((await (await fetch(`${ollama.url}/api/ps`)).json()) as { models: unknown[] }).models.length;

    expect(await ask('5m')).toBe(
      `{"model":"qwen3","created_at":"",${nothing},"done":true,"done_reason":"load"}`,
    );
    expect(await loaded()).toBe(1);
    for (const zero of [0, '0', '0s', '-0h0ms']) {
      expect(await ask(zero)).toContain('"done_reason":"unload"');
      expect(await loaded()).toBe(0);
      await ask('5m');
    }
  });
});
