import { describe, expect, it } from '@jest/globals';
import type { Observable } from 'rxjs';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { fromOllamaCreate } from '../../lib/sources/fromOllamaCreate.js';
import { fromOllamaGenerate } from '../../lib/sources/fromOllamaGenerate.js';
import { fromOllamaPull } from '../../lib/sources/fromOllamaPull.js';
import { fromOllamaPush } from '../../lib/sources/fromOllamaPush.js';
import { REQUEST, forbidConsole, listen } from './support.js';

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
