import { describe, expect, it } from '@jest/globals';
import {
  startScriptedOllama,
  type ScriptedOllamaOptions,
} from '../../../lib/testing/node/index.js';
import { CHAT, post, start } from './support.js';

const ALL = ['completion', 'thinking', 'tools', 'vision', 'insert', 'embedding'];

describe('models', () => {
  it.each<[string, NonNullable<ScriptedOllamaOptions['models']>, readonly string[], number]>([
    ['a list of names', ['qwen3'], ALL, 4096],
    ['an empty description', { qwen3: {} }, ALL, 4096],
    ['true', { 'Qwen3:latest': true }, ALL, 4096],
    [
      'undefined fields',
      { qwen3: { capabilities: undefined, context_length: undefined } },
      ALL,
      4096,
    ],
    ['no capabilities', { qwen3: { capabilities: [] } }, ['completion'], 4096],
    ['capabilities', { qwen3: { capabilities: ['tools'] } }, ['completion', 'tools'], 4096],
    ['completion', { qwen3: { capabilities: ['completion'] } }, ['completion'], 4096],
    ['embedding alone', { qwen3: { capabilities: ['embedding'] } }, ['embedding'], 4096],
    ['a context length', { qwen3: { context_length: 128 } }, ALL, 128],
  ])('can be %s', async (_, models, capabilities, context_length) => {
    const ollama = await start(['Hi', { done: true }], { models });
    const shown: unknown = await (await post(ollama, '/api/show', { model: 'qwen3' })).json();
    expect(shown).toMatchObject({
      capabilities,
      model_info: { 'scripted.context_length': context_length },
    });
    expect((await post(ollama, '/api/chat', { ...CHAT, model: 'other' })).status).toBe(404);
  });

  it.each<[unknown, string]>([
    ['qwen3', 'models must be a list of names or an object, not "qwen3".'],
    [null, 'models must be a list of names or an object, not null.'],
    [[3], 'models: 3 is not the name of a model.'],
    [[{ name: 'qwen3' }], 'models: an object is not the name of a model.'],
    [{ 'a b': {} }, 'models: "a b" is not the name of a model.'],
    [
      { qwen3: false },
      `models["qwen3"] must be true or an object such as { capabilities: ['tools'] }, not false.`,
    ],
    [
      { qwen3: ['tools'] },
      `models["qwen3"] must be true or an object such as { capabilities: ['tools'] }, not a list.`,
    ],
    [
      { qwen3: { capabilities: 'tools' } },
      'models["qwen3"].capabilities must be a list, not "tools".',
    ],
    [
      { qwen3: { capabilities: ['tool'] } },
      'models["qwen3"].capabilities: "tool" is not a capability. ' +
        'Use completion, thinking, tools, vision, insert, embedding.',
    ],
    [
      { qwen3: { capabilities: [undefined] } },
      'models["qwen3"].capabilities: undefined is not a capability. ' +
        'Use completion, thinking, tools, vision, insert, embedding.',
    ],
    [
      { qwen3: { tools: true } },
      'models["qwen3"] has no option "tools". Use capabilities or context_length.',
    ],
    [
      { qwen3: { context_length: 0 } },
      'models["qwen3"].context_length must be a positive integer, not 0.',
    ],
  ])('cannot be %j', async (models, message) => {
    const options = { models } as ScriptedOllamaOptions;
    const error: unknown = await startScriptedOllama([], options).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ message });
    expect(['TypeError', 'RangeError']).toContain((error as Error).name);
  });
});
