import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ScriptedOllama } from '../../../lib/testing/node/index.js';
import { createModels } from '../../../lib/testing/node/models.js';
import { judge } from '../../../lib/testing/node/validation.js';
import { CHAT, post, start } from './support.js';

const MODELS = {
  qwen3: { capabilities: ['thinking', 'tools'] },
  llama2: { capabilities: [] },
} as const;

/** The status and the error of a request that is refused. */
async function refusal(path: string, body: unknown, ollama?: ScriptedOllama): Promise<unknown[]> {
  const response = await post(ollama ?? (await start([], { models: MODELS })), path, body);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const { error } = (await response.json()) as { error: unknown };
  return [response.status, error];
}

const call = (args: unknown) => ({
  ...CHAT,
  messages: [
    ...CHAT.messages,
    {
      role: 'assistant',
      content: '',
      tool_calls: [{ function: { name: 'add', arguments: args } }],
    },
  ],
});
const TOOLS = [{ type: 'function', function: { name: 'add' } }];
const THINK = '"high", "medium", "low", "max", true, or false';
const BRACE = "Value looks like object, but can't find closing '}' symbol";
const FORMAT = 'expected "json" or a valid JSON Schema object';

describe('a request that Ollama refuses', () => {
  it.each<[string, string, unknown, number, string]>([
    ['no body', '/api/chat', '', 400, 'missing request body'],
    ['a body that is cut off', '/api/chat', '{"model":', 400, 'unexpected EOF'],
    ['a body that ends in a key', '/api/chat', '{', 400, 'unexpected EOF'],
    [
      'a body that is no JSON',
      '/api/chat',
      'model=qwen3',
      400,
      "invalid character 'm' looking for beginning of value",
    ],
    [
      'a body with a stray character',
      '/api/chat',
      '{"model":"qwen3"]',
      400,
      "invalid character ']' looking for beginning of value",
    ],
    [
      'a body that is no object',
      '/api/chat',
      [],
      400,
      'json: cannot unmarshal array into Go value of type api.ChatRequest',
    ],
    [
      'a body that is a truth value',
      '/api/generate',
      true,
      400,
      'json: cannot unmarshal bool into Go value of type api.GenerateRequest',
    ],
    ['no model in a chat', '/api/chat', { messages: [] }, 400, 'model is required'],
    ['no model to generate', '/api/generate', { prompt: 'Hi' }, 404, "model '' not found"],
    ['no model to show', '/api/show', {}, 400, 'model is required'],
    ['no model to pull', '/api/pull', {}, 400, 'invalid model name'],
    ['no model to push', '/api/push', {}, 400, 'model is required'],
    [
      'a model that is no string',
      '/api/chat',
      { model: 3 },
      400,
      'json: cannot unmarshal number into Go struct field ChatRequest.model of type string',
    ],
    [
      'messages that are no list',
      '/api/chat',
      { ...CHAT, messages: 'Hi' },
      400,
      'json: cannot unmarshal string into Go struct field ChatRequest.messages of type []api.Message',
    ],
    [
      'content in parts, as other APIs have it',
      '/api/chat',
      { ...CHAT, messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
      400,
      'json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string',
    ],
    [
      'stream that is no truth value',
      '/api/chat',
      { ...CHAT, stream: 'no' },
      400,
      'json: cannot unmarshal string into Go struct field ChatRequest.stream of type bool',
    ],
    ['an unknown model', '/api/chat', { ...CHAT, model: 'x' }, 404, "model 'x' not found"],
    [
      'an unknown model to generate',
      '/api/generate',
      { model: 'x', prompt: 'Hi' },
      404,
      "model 'x' not found",
    ],
    ['an unknown model to show', '/api/show', { model: 'x' }, 404, "model 'x' not found"],
    [
      'thinking without the capability',
      '/api/chat',
      { ...CHAT, model: 'llama2', think: true },
      400,
      '"llama2" does not support thinking',
    ],
    [
      'a level of thinking without the capability',
      '/api/generate',
      { model: 'llama2', prompt: 'Hi', think: 'low' },
      400,
      '"llama2" does not support thinking',
    ],
    [
      'a bad level of thinking',
      '/api/chat',
      { ...CHAT, think: 'hard' },
      400,
      `invalid think value: "hard" (must be ${THINK})`,
    ],
    [
      'a bad kind of thinking',
      '/api/chat',
      { ...CHAT, think: 1 },
      400,
      `think must be a boolean or string (${THINK})`,
    ],
    [
      'tools without the capability',
      '/api/chat',
      { ...CHAT, model: 'llama2', tools: TOOLS },
      400,
      'registry.ollama.ai/library/llama2:latest does not support tools',
    ],
    ['arguments that are JSON text', '/api/chat', call('{"a":1}'), 400, BRACE],
    ['arguments that are a list', '/api/chat', call([1]), 400, BRACE],
    [
      'too many logprobs',
      '/api/chat',
      { ...CHAT, logprobs: true, top_logprobs: 21 },
      400,
      'top_logprobs must be between 0 and 20',
    ],
    [
      'too few logprobs',
      '/api/generate',
      { model: 'qwen3', prompt: 'Hi', top_logprobs: -1 },
      400,
      'top_logprobs must be between 0 and 20',
    ],
    [
      'a bad format',
      '/api/chat',
      { ...CHAT, format: 'yaml' },
      500,
      String.raw`invalid format: "\"yaml\""; ${FORMAT}`,
    ],
    [
      'a format that is a list',
      '/api/chat',
      { ...CHAT, format: [1] },
      500,
      `invalid format: "[1]"; ${FORMAT}`,
    ],
    [
      'a time to keep the model without a unit',
      '/api/chat',
      { ...CHAT, keep_alive: '300' },
      400,
      'time: missing unit in duration "300"',
    ],
    [
      'a time to keep the model that is none',
      '/api/chat',
      { ...CHAT, keep_alive: 'long' },
      400,
      'time: invalid duration "long"',
    ],
  ])('because of %s', async (_, path, body, status, error) => {
    expect(await refusal(path, body)).toEqual([status, error]);
  });

  it('is recorded, and asks no script', async () => {
    const ollama = await start(
      () => {
        throw new Error('never asked');
      },
      { models: MODELS },
    );
    await refusal('/api/chat', { ...CHAT, model: 'x' }, ollama);
    await refusal('/api/chat', 'model=qwen3', ollama);
    expect(ollama.requests).toMatchObject([
      { body: { model: 'x' }, outcome: 'completed' },
      { body: {}, outcome: 'completed' },
    ]);
  });

  it('never for a reason that the server stumbles over', () => {
    const messages = fc.array(
      fc.oneof(fc.jsonValue(), fc.record({ content: fc.jsonValue(), tool_calls: fc.jsonValue() })),
    );
    const value = fc.oneof(fc.jsonValue(), messages, fc.constantFrom('qwen3', 'llama2', '', 0));
    const keys = ['model', 'name', 'messages', 'prompt', 'stream', 'think', 'tools', 'format'];
    const bodies = fc.dictionary(fc.constantFrom(...keys, 'keep_alive', 'top_logprobs'), value);
    const paths = fc.constantFrom('/api/chat', '/api/generate', '/api/show', '/api/pull');
    fc.assert(
      fc.property(paths, bodies, (path, body) => {
        const verdict = judge(path, body, createModels(MODELS));
        expect([undefined, 200, 400, 404, 500]).toContain(verdict?.status);
      }),
      { numRuns: 2000 },
    );
  });

  it('because its body is longer than 64 MiB', async () => {
    const content = 'x'.repeat(64 * 1024 * 1024);
    const response = await post(await start(), '/api/chat', { ...CHAT, content });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ error: 'http: request body too large' });
  });
});

describe('a request that Ollama accepts', () => {
  it.each<[string, object]>([
    ['thinking', { think: true }],
    ['no thinking where there is none', { model: 'llama2', think: false }],
    ['a level of thinking', { think: 'max' }],
    ['tools', { tools: TOOLS }],
    ['no tools where there are none', { model: 'llama2', tools: [] }],
    ['the format of JSON', { format: 'json' }],
    ['a schema', { format: { type: 'object' } }],
    ['an empty format', { format: '' }],
    ['20 logprobs', { logprobs: true, top_logprobs: 20 }],
    ['a time to keep the model', { keep_alive: '1h30m' }],
    ['a time to keep the model in seconds', { keep_alive: -1 }],
    [
      'nulls for what is not set',
      { model: 'llama2', think: null, tools: null, format: null, stream: null },
    ],
    ['the tag that goes without saying', { model: 'Qwen3:latest' }],
    ['messages with nothing in them', { messages: [null, { role: 'user' }] }],
    ['arguments that are an object', call({ a: 1 })],
    ['arguments that are missing', call(null)],
  ])('with %s', async (_, body) => {
    const ollama = await start(['Hi', { done: true }], { models: MODELS });
    const response = await post(ollama, '/api/chat', { ...CHAT, ...body });
    expect([response.status, (await response.text()).split('\n').length]).toEqual([200, 3]);
  });

  it('with any model, able to do everything, where no models are named', async () => {
    const body = { ...CHAT, model: 'whatever', think: true, tools: TOOLS };
    const response = await post(await start(['Hi']), '/api/chat', body);
    expect(response.status).toBe(200);
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
    for (const zero of [0, '0', '0s']) {
      expect(await ask(zero)).toContain('"done_reason":"unload"');
      expect(await loaded()).toBe(0);
    }
  });
});
