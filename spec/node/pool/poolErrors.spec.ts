import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { isOllamaError } from '../../../lib/errors.js';
import { createOllamaPool, type OllamaPoolOptions } from '../../../lib/node/index.js';
import { retryChat } from '../../../lib/operators/retryChat.js';
import { fromOllamaCreate } from '../../../lib/sources/fromOllamaCreate.js';
import type { Step } from '../../../lib/testing/node/index.js';
import { forbidConsole, listen, toContents } from '../../sources/support.js';
import {
  NOWHERE,
  ask,
  chatWith,
  countChats,
  createPool,
  isKnown,
  startHost,
  until,
} from './support.js';

forbidConsole();

const busy = (message: string, headers: Record<string, string> = {}) => ({
  steps: [{ error: message, status: 503 }] as readonly Step[],
  headers,
});

describe('when no host answers', () => {
  it('for lack of the model, the error says what to run, and where', async () => {
    const servers = [await startHost(['llama']), await startHost(['mistral'])] as const;
    const [a, b] = servers;
    const { error } = await ask(createPool([a.url, b.url]), 'nope');
    expect(isOllamaError(error, 'http') && error).toMatchObject({
      status: 404,
      message: `HTTP 404: No host has the model "nope": ${a.url}, ${b.url}. Run on one of them: ollama pull nope`,
      body: expect.stringContaining('not found'),
    });
    expect((error as Error).cause).toMatchObject({ errors: [{ status: 404 }, { status: 404 }] });
    expect(countChats(a, b)).toEqual([1, 1]);
  });

  it('the same is right where a list was older than the model', async () => {
    const server = await startHost(['llama']);
    const pool = createPool([server.url]);
    await until(pool, isKnown);
    await server.close();
    const again = await startHost(['llama', 'new']);
    const other = createPool([{ url: again.url, models: ['llama'] }]);
    expect((await ask(other, 'new')).error).toBeUndefined();
  });

  it('because all are down, the error names each with its cause', async () => {
    const gone = await startHost();
    await gone.close();
    const { error } = await ask(createPool([NOWHERE, gone.url]));
    expect(isOllamaError(error, 'connection') && error).toMatchObject({
      cause: { errors: [{ code: 'connection' }, { code: 'connection' }] },
    });
    const { message } = error as Error;
    expect(message).toMatch(/^No host answered for the model "qwen3": \[/);
    expect(message).toContain(`[${NOWHERE}] Ollama can't be reached: `);
    expect(message).toMatch(
      /\[http:\/\/127\.0\.0\.1:\d{2,}\] Ollama can't be reached: .*ECONNREFUSED/,
    );
  });

  it('to make a model of files, the error names no model', async () => {
    const client = createPool([NOWHERE]);
    const { error } = await listen(fromOllamaCreate({ model: 'mine', files: {} }, { client }));
    expect((error as Error).message).toMatch(/^No host answered: \[http/);
  });

  it('because all are busy, the error is 503 with the shortest wait', async () => {
    const servers = [
      await startHost(['qwen3'], busy('server busy', { 'Retry-After': '9' })),
      await startHost(['qwen3'], busy('server busy', { 'Retry-After': '2' })),
    ] as const;
    const { error } = await ask(createPool(servers.map(({ url }) => url)));
    expect(error).toMatchObject({ code: 'http', status: 503, retryAfter: 2000 });
    expect((error as Error).message).toContain('server busy');
    expect(countChats(...servers)).toEqual([1, 1]);
  });

  it('because one is busy and another is behind a proxy, the error says which may answer soon', async () => {
    const servers = [
      await startHost(['qwen3'], [{ error: 'Bad Gateway', status: 502 }]),
      await startHost(['qwen3'], busy('server busy')),
    ];
    const { error } = await ask(createPool(servers.map(({ url }) => url)));
    expect(error).toMatchObject({ code: 'http', status: 503 });
    expect(error).not.toHaveProperty('retryAfter');
    expect((error as Error).message).toMatch(/: \[.*Bad Gateway.* \[.*server busy/);
  });

  it('because some are down and others lack the model, the error can be retried', async () => {
    const lacks = await startHost(['llama']);
    const { error } = await ask(createPool([NOWHERE, lacks.url]));
    expect(error).toMatchObject({ code: 'connection' });
    expect((error as Error).message).toContain(`[${lacks.url}] HTTP 404: model 'qwen3' not found.`);
    expect((error as Error).message).toContain(`[${NOWHERE}]`);
  });

  it('retryChat asks all of them again', async () => {
    let asked = 0;
    const server = await startHost(['qwen3'], () =>
      asked++ ? ['Hi', { done: true }] : busy('busy'),
    );
    const chat$ = chatWith(createPool([server.url])).pipe(retryChat({ count: 1, delay: 0 }));
    expect(toContents((await listen(chat$)).values)).toEqual(['Hi', '']);
  });
});

describe('a credential of a host', () => {
  it.each(['http://me:hush-hush@127.0.0.1:9', 'http://:hush-hush@127.0.0.1:9/gpu'])(
    'is in no error and in no state: %s',
    async (address) => {
      const pool = createPool([address], { headers: { 'X-Api-Key': 'sesame-sesame' } });
      const { error } = await ask(pool);
      const hosts = await until(pool, isKnown);
      const shown = inspect([error, hosts], { depth: 20 }) + JSON.stringify([error, hosts]);
      expect(shown).toContain('127.0.0.1:9');
      expect(shown).not.toMatch(/hush|sesame/);
      expect(shown).not.toContain(btoa('me:hush-hush'));
    },
  );
});

describe('a mistake in the options', () => {
  it.each<[string, unknown, string]>([
    ['no hosts', {}, 'hosts is undefined. Pass a list of servers, as in hosts: '],
    ['a text', { hosts: NOWHERE }, 'hosts is a string. Pass a list of servers'],
    ['an empty list', { hosts: [] }, 'hosts is an empty list. Pass a list of servers'],
    ['a number as host', { hosts: [11434] }, 'hosts[0] is a number. Pass an address'],
    ['a host without a url', { hosts: [NOWHERE, {}] }, 'hosts[1] is an object. Pass an address'],
    [
      'no address',
      { hosts: ['http://[no'] },
      '"http://[no" is not the address of a server. Set hosts[0] to',
    ],
    [
      'a server twice',
      { hosts: ['gpu', { url: 'http://me:hush@gpu:11434/api/' }] },
      'hosts[1] is the same server as hosts[0]: http://gpu:11434. Name each once.',
    ],
    [
      'no slot',
      { hosts: [{ url: NOWHERE, parallel: 0 }] },
      'hosts[0].parallel is 0. Set it to a whole number from 1',
    ],
    [
      'a model',
      { hosts: [{ url: NOWHERE, models: 'qwen3' }] },
      'hosts[0].models is not a list of names.',
    ],
    [
      'numbers as models',
      { hosts: [{ url: NOWHERE, models: [3] }] },
      'hosts[0].models is not a list of names.',
    ],
    [
      'a number among the models',
      { hosts: [{ url: NOWHERE, models: ['qwen3', 3] }] },
      'hosts[0].models is not a list of names.',
    ],
    [
      'no time between polls',
      { hosts: [NOWHERE], poll: 0 },
      'poll is 0. Set it to a whole number from 1',
    ],
    ['a negative cooldown', { hosts: [NOWHERE], cooldown: -1 }, 'cooldown is -1.'],
    [
      'a scheduler that is none',
      { hosts: [NOWHERE], scheduler: {} },
      'scheduler is not a scheduler of RxJS.',
    ],
  ])('is named: %s', (_, options, message) => {
    expect(() => createOllamaPool(options as OllamaPoolOptions)).toThrow(message);
  });

  it('shows no credential', () => {
    expect(() => createPool(['gpu:11434', 'http://me:hush@gpu'])).not.toThrow();
    expect(() => createPool(['http://me:hush@[gpu'])).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hush') }),
    );
  });
});
