import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, repeat, take, toArray, type Observable } from 'rxjs';
import { httpFetch } from '../../../lib/node/httpFetch.js';
import type { HostState, OllamaPool } from '../../../lib/node/index.js';
import { answerText } from '../../../lib/operators/answerText.js';
import { fromOllamaChat } from '../../../lib/sources/fromOllamaChat.js';
import { fromOllamaCreate } from '../../../lib/sources/fromOllamaCreate.js';
import { fromOllamaEmbed } from '../../../lib/sources/fromOllamaEmbed.js';
import { fromOllamaGenerate } from '../../../lib/sources/fromOllamaGenerate.js';
import { fromOllamaPull } from '../../../lib/sources/fromOllamaPull.js';
import { fromOllamaPush } from '../../../lib/sources/fromOllamaPush.js';
import type { Script, ScriptedOllama, Step } from '../../../lib/testing/node/index.js';
import { defineTool } from '../../../lib/tools/defineTool.js';
import { runChunks } from '../../../lib/tools/runChunks.js';
import { runTools } from '../../../lib/tools/runTools.js';
import {
  REQUEST,
  createGate,
  forbidConsole,
  listen,
  roundTrip,
  toContents,
} from '../../sources/support.js';
import { serve } from '../support.js';
import {
  ANSWER,
  NOWHERE,
  PROGRESS,
  ask,
  chatWith,
  countChats,
  createPool,
  isKnown,
  requestsTo,
  startHost,
  until,
} from './support.js';

forbidConsole();

/** An answer that goes on until its gate opens, or it is left. */
const slowly = (gate?: Promise<void>): readonly Step[] => [
  'Hel',
  gate ? { content: 'lo', delay: gate } : { fault: 'hang' },
  { done: true },
];

describe('a pool as the client of', () => {
  const models = ['qwen3', 'base'];

  it('fromOllamaChat', async () => {
    const { url } = await startHost(models);
    expect(toContents((await ask(createPool([url]))).values)).toEqual(['Hel', 'lo', '']);
  });

  it('fromOllamaChat, by httpFetch and without streaming', async () => {
    const { url } = await startHost(models);
    const client = createPool([url], { fetch: httpFetch });
    const { values } = await listen(fromOllamaChat({ ...REQUEST, stream: false }, { client }));
    expect(toContents(values)).toEqual(['Hello']);
  });

  it('fromOllamaGenerate', async () => {
    const { url } = await startHost(models);
    const source = fromOllamaGenerate(
      { model: 'qwen3', prompt: 'Hi' },
      { client: createPool([url]) },
    );
    expect(await lastValueFrom(source.pipe(answerText(), toArray()))).toEqual(['Hel', 'lo']);
  });

  it('fromOllamaEmbed, whose batches go to all hosts', async () => {
    const script = ({ body }: { readonly body: { readonly input?: unknown } }) => [
      { raw: JSON.stringify({ embeddings: [[(body.input as string[]).length]] }) },
    ];
    const servers = [await startHost(models, script), await startHost(models, script)];
    const client = createPool(servers.map(({ url }) => url));
    const input = ['a', 'b', 'c', 'd'];
    const { values } = await listen(
      fromOllamaEmbed({ model: 'qwen3', input }, { client, batchSize: 1, concurrency: 2 }),
    );
    expect(values.map(({ embeddings }) => embeddings)).toEqual([[[1], [1], [1], [1]]]);
    expect(servers.map((server) => requestsTo(server, '/api/embed').length)).toEqual([2, 2]);
  });

  it.each([
    ['fromOllamaPull', fromOllamaPull, '/api/pull'],
    ['fromOllamaPush', fromOllamaPush, '/api/push'],
    ['fromOllamaCreate', fromOllamaCreate, '/api/create'],
  ] as const)('%s', async (_, source, path) => {
    const server = await startHost(models, PROGRESS);
    const client = createPool([server.url]);
    const request = { model: 'me/qwen3', from: 'base' };
    const { values, error } = await listen(source(request, { client }));
    expect(error).toBeUndefined();
    expect(values.map(({ status }) => status)).toEqual(['working', 'success']);
    expect(requestsTo(server, path).map(({ body }) => body.model ?? body['name'])).toEqual([
      'me/qwen3',
    ]);
  });

  it('runTools, each step of which goes to the host that has the model in its memory', async () => {
    const script: Script = ({ body }) =>
      body.messages?.some(({ role }) => role === 'tool')
        ? ANSWER
        : [{ tool_calls: [{ function: { name: 'now', arguments: {} } }] }, { done: true }];
    const servers = [await startHost(models, script), await startHost(models, script)];
    const client = createPool(servers.map(({ url }) => url));
    const now = defineTool({
      name: 'now',
      description: 'The time',
      parameters: { type: 'object' },
      execute: () => '12:00',
    });
    const text$ = runTools(REQUEST, { tools: [now], client }).pipe(runChunks(), answerText());
    expect(await lastValueFrom(text$.pipe(toArray()))).toEqual(['Hel', 'lo']);
    expect(countChats(...(servers as [ScriptedOllama, ScriptedOllama]))).toEqual([2, 0]);
  });

  it('a request that is none, which is refused as without a pool', async () => {
    const pool = createPool([NOWHERE]);
    const { error } = await listen(pool.chat({} as typeof REQUEST));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(/^The request has no model\./);
  });
});

describe('a request goes', () => {
  it.each(['qwen3', 'qwen3:latest', 'QWEN3', 'library/qwen3', 'registry.ollama.ai/library/qwen3'])(
    'to the host that has the model %s',
    async (model) => {
      const others = await startHost(['llama', 'qwen3:4b', 'my/qwen3']);
      const right = await startHost(['qwen3']);
      const pool = createPool([others.url, right.url]);
      expect((await ask(pool, model)).error).toBeUndefined();
      expect(countChats(others, right)).toEqual([0, 1]);
    },
  );

  it('to the host that has the model in its memory', async () => {
    const cold = await startHost();
    const warm = await startHost();
    await listen(fromOllamaChat(REQUEST, { host: warm.url }));
    await ask(createPool([cold.url, warm.url]));
    expect(countChats(cold, warm)).toEqual([0, 2]);
  });

  it('to a host that declares the model, and is not asked for its list', async () => {
    const plain = await startHost([]);
    const declared = await startHost();
    const pool = createPool([plain.url, { url: declared.url, models: ['Qwen3'] }]);
    await ask(pool);
    expect(countChats(plain, declared)).toEqual([0, 1]);
    expect(requestsTo(declared, '/api/tags')).toHaveLength(0);
    expect(requestsTo(declared, '/api/ps').length).toBeGreaterThan(0);
  });

  it('to a free host first, then to the least busy one, which lets it wait', async () => {
    const gate = createGate();
    const servers = [
      await startHost(['qwen3'], slowly(gate.gate)),
      await startHost(['qwen3'], slowly(gate.gate)),
    ] as const;
    const pool = createPool([servers[0].url, { url: servers[1].url, parallel: 2 }]);
    const answers: Promise<unknown>[] = [];
    for (const counts of [
      [1, 0],
      [1, 1],
      // Both hosts have the model in their memory, and the second one has another slot.
      [1, 2],
      // Each slot is taken.
      [2, 2],
    ]) {
      const chat$ = chatWith(pool);
      const first = new Promise((resolve) => {
        answers.push(
          new Promise<void>((complete) => {
            chat$.subscribe({ next: resolve, complete });
          }),
        );
      });
      await first;
      expect(countChats(...servers)).toEqual(counts);
    }
    gate.open();
    await Promise.all(answers);
    expect((await until(pool, () => true)).map(({ active }) => active)).toEqual([0, 0]);
  });

  it('to a host that declares the model rather than to one that does not say', async () => {
    const silent = await serve((_, response) => response.writeHead(403).end());
    const declared = await startHost();
    const pool = createPool([silent, { url: declared.url, models: ['qwen3'] }]);
    expect((await ask(pool)).error).toBeUndefined();
    expect(countChats(declared)).toEqual([1]);
  });

  it('to wait where the model is, if loading it elsewhere takes longer than that', async () => {
    const gate = createGate();
    let count = 0;
    const figures = (load_duration: number) => ({ total_duration: 10, load_duration });
    const warm = await startHost(['qwen3'], () => {
      count++;
      // The first answer loads the model, which takes nine times as long as an answer.
      if (count < 20) return ['Hi', { done: true, ...figures(count === 1 ? 9 : 0) }];
      return ['Hi', { content: '', delay: gate.gate }, { done: true }];
    });
    const other = await startHost(['llama', 'qwen3']);
    await listen(fromOllamaChat({ ...REQUEST, model: 'llama' }, { host: other.url }));
    const pool = createPool([other.url, warm.url]);
    while (count < 19) await ask(pool);
    const answers = [ask(pool), ask(pool)];
    const isSent = (hosts: readonly HostState[]) =>
      hosts.reduce((sum, { active }) => sum + active, 0) === 2;
    expect((await until(pool, isSent)).map(({ active }) => active)).toEqual([0, 2]);
    gate.open();
    await Promise.all(answers);
  });

  it('to the host whose model was not used for the longest time', async () => {
    const models = ['a', 'b', 'c'];
    const servers = [await startHost(models), await startHost(models)] as const;
    const pool = createPool([servers[0].url, servers[1].url]);
    for (const model of ['a', 'b', 'a', 'c']) await ask(pool, model);
    expect(servers.map((server) => requestsTo(server).map(({ body }) => body.model))).toEqual([
      ['a', 'a'],
      ['b', 'c'],
    ]);
  });

  it('elsewhere the next time, if the host has dropped the model since it listed it', async () => {
    let asked = 0;
    const missing: Step = { error: "model 'qwen3' not found", status: 404 };
    const first = await startHost(['llama', 'qwen3'], () => (asked++ < 2 ? ANSWER : [missing]));
    for (const model of ['llama', 'qwen3']) {
      await listen(fromOllamaChat({ ...REQUEST, model }, { host: first.url }));
    }
    const second = await startHost();
    const pool = createPool([first.url, second.url]);
    expect((await ask(pool)).error).toBeUndefined();
    const rest = ['llama:latest'];
    expect((await until(pool, isKnown))[0]).toMatchObject({ models: rest, loaded: rest });
    await ask(pool);
    expect(countChats(first, second)).toEqual([3, 2]);
  });

  it('to the same host when it is made as the last answer completes', async () => {
    const servers = [await startHost(), await startHost()] as const;
    const pool = createPool([servers[0].url, servers[1].url]);
    expect((await listen(chatWith(pool).pipe(repeat(4)))).error).toBeUndefined();
    expect(countChats(...servers)).toEqual([4, 0]);
  });

  it('to paths below a host, and with its user information as a Basic header', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${String(request.url)} ${String(request.headers.authorization)}`);
      response.end(JSON.stringify({ models: [{ model: 'qwen3:latest' }], ...FINAL }));
    });
    const pool = createPool([`${url.replace('://', '://me:hush@')}/gpu/api/`]);
    expect((await ask(pool)).error).toBeUndefined();
    const basic = `Basic ${btoa('me:hush')}`;
    expect(seen).toEqual(['tags', 'ps', 'chat'].map((name) => `/gpu/api/${name} ${basic}`));
  });

  it('with the headers of the pool, to each host', async () => {
    const server = await startHost();
    await ask(createPool([server.url], { headers: { 'X-Team': 'a' } }));
    expect(server.requests.map(({ headers }) => headers['x-team'])).toEqual(['a', 'a', 'a']);
  });
});

/** The only line of an answer. */
const FINAL = {
  model: 'qwen3',
  created_at: '',
  message: { role: 'assistant', content: '' },
  done: true,
};

describe('a pull', () => {
  it('goes to each host in turn that does not have the model', async () => {
    const servers = [
      await startHost(['llama'], PROGRESS),
      await startHost(['qwen3'], PROGRESS),
      await startHost(['llama'], PROGRESS),
    ];
    const client = createPool(servers.map(({ url }) => url));
    const pulls = () => servers.map((server) => requestsTo(server, '/api/pull').length);
    await listen(fromOllamaPull({ model: 'qwen3' }, { client }));
    expect(pulls()).toEqual([1, 0, 0]);
    await listen(fromOllamaPull({ model: 'qwen3' }, { client }));
    expect(pulls()).toEqual([1, 0, 1]);
    const hosts = await until(client, isKnown);
    expect(hosts.map(({ models }) => models?.includes('qwen3:latest'))).toEqual([true, true, true]);
  });
});

describe('progress', () => {
  it.each([
    ['a pull', fromOllamaPull, 'llama'],
    ['a push', fromOllamaPush, 'qwen3'],
    ['a model that is made', fromOllamaCreate, 'mine'],
  ] as const)('of %s takes no slot', async (_, source, model) => {
    const gate = createGate();
    const busy = await startHost(
      ['qwen3'],
      [{ status: 'working' }, { status: 'success', delay: gate.gate }],
    );
    const client = createPool([busy.url]);
    const made = listen(source({ model, from: 'qwen3' }, { client }));
    await busy.received(3);
    expect((await until(client, isKnown))[0]).toMatchObject({ active: 0, loaded: [] });
    gate.open();
    expect((await made).error).toBeUndefined();
  });
});

describe('a model that is made', () => {
  it('is made at a host that has the model to start from', async () => {
    const servers = [await startHost(['llama'], PROGRESS), await startHost(['base'], PROGRESS)];
    const client = createPool(servers.map(({ url }) => url));
    const request = { model: 'mine', from: 'base' };
    expect((await listen(fromOllamaCreate(request, { client }))).error).toBeUndefined();
    expect(servers.map((server) => requestsTo(server, '/api/create').length)).toEqual([0, 1]);
  });
});

describe('another host answers while nothing of an answer has come:', () => {
  /** The first host has the model in its memory, so it is asked first. */
  async function startTwo(script: Script): Promise<[ScriptedOllama, ScriptedOllama]> {
    let isWarm = false;
    const first = await startHost(['qwen3'], (request) => {
      if (isWarm) return typeof script === 'function' ? script(request) : script;
      isWarm = true;
      return ANSWER;
    });
    await listen(fromOllamaChat(REQUEST, { host: first.url }));
    return [first, await startHost()];
  }

  it.each<[string, Step]>([
    ['the connection is reset before the headers', { fault: 'reset' }],
    ['the connection closes before the headers', { fault: 'close' }],
    ['502', { error: 'Bad Gateway', status: 502 }],
    ['503', { error: 'server busy, please try again.', status: 503 }],
    ['404 of the model', { error: "model 'qwen3' not found", status: 404 }],
  ])('%s', async (_, step) => {
    const [first, second] = await startTwo([step]);
    const { values, error } = await ask(createPool([first.url, second.url]));
    expect(error).toBeUndefined();
    expect(toContents(values)).toEqual(['Hel', 'lo', '']);
    expect(countChats(first, second)).toEqual([2, 1]);
  });

  it('nothing listens there', async () => {
    const [first, second] = await startTwo(ANSWER);
    const pool = createPool([first.url, second.url]);
    await until(pool, isKnown);
    await first.close();
    const { error } = await ask(pool);
    expect(error).toBeUndefined();
    expect(countChats(first, second)).toEqual([1, 1]);
  });

  it.each<[string, readonly Step[], string]>([
    ['400', [{ error: 'invalid options', status: 400 }], 'http'],
    [
      '400 that speaks of a model',
      [{ error: "the draft model 'tiny' was not found", status: 400 }],
      'http',
    ],
    ['401', [{ error: 'unauthorized', status: 401 }], 'http'],
    ['500', [{ error: 'llama runner', status: 500 }], 'http'],
    [
      '504, since a proxy gave up on a host that may work',
      [{ error: 'late', status: 504 }],
      'http',
    ],
    ['404 of anything else', [{ error: 'page', status: 404 }], 'http'],
    ['an error line', [{ raw: '{"error":"server busy"}\n' }], 'stream'],
    ['an end after the headers', [{ raw: '' }], 'truncated'],
    ['a break after the headers', [{ raw: '' }, { fault: 'reset' }], 'connection'],
    ['a break in the first line', [{ raw: '{"mod' }, { fault: 'reset' }], 'connection'],
    ['a break after the first chunk', ['Hel', { fault: 'reset' }], 'connection'],
    ['a line that is no chunk', [{ raw: 'hello\n' }], 'protocol'],
  ])('but not after %s', async (_, steps, code) => {
    const [first, second] = await startTwo(steps);
    const pool = createPool([first.url, second.url]);
    const { error } = await ask(pool);
    expect(error).toMatchObject({ code });
    expect(countChats(first, second)).toEqual([2, 0]);
    // It answers, so the next request may go there.
    const [host] = await until(pool, isKnown);
    expect(host?.status).toBe(code === 'connection' ? 'down' : 'up');
  });

  it('an error in mid-stream has the message so far', async () => {
    const [first, second] = await startTwo(['Hel', { fault: 'reset' }]);
    const { error } = await ask(createPool([first.url, second.url]));
    expect(error).toMatchObject({ partial: { role: 'assistant', content: 'Hel' } });
  });

  it('asks each host once at most', async () => {
    const servers = [];
    for (let n = 0; n < 4; n++) {
      servers.push(await startHost(['qwen3'], [{ error: 'busy', status: 503 }]));
    }
    await ask(createPool(servers.map(({ url }) => url)));
    expect(servers.map((server) => requestsTo(server).length)).toEqual([1, 1, 1, 1]);
  });
});

describe('unsubscribing', () => {
  it.each<[string, readonly Step[], number]>([
    ['before the headers', [{ fault: 'hang' }], 0],
    ['in mid-stream', slowly(), 1],
  ])('reaches the host %s, and frees its slot', async (_, script, chunks) => {
    const server = await startHost(['qwen3'], script);
    const pool = createPool([server.url]);
    const subscription = chatWith(pool).subscribe();
    const request = await server.received(3);
    if (chunks) await until(pool, ([host]) => host?.loaded.length === 1);
    expect(request.outcome).toBe('open');
    subscription.unsubscribe();
    expect(await request.closed).toBe('aborted');
    expect((await until(pool, isKnown))[0]).toMatchObject({ active: 0 });
  });

  it.each<[string, (client: OllamaPool) => Observable<unknown>]>([
    ['a chat', (client) => chatWith(client)],
    ['a prompt', (client) => fromOllamaGenerate({ model: 'qwen3', prompt: 'Hi' }, { client })],
    ['an embedding', (client) => fromOllamaEmbed({ model: 'qwen3', input: 'Hi' }, { client })],
  ])('frees the slot that %s took', async (_, request) => {
    const server = await startHost(['qwen3'], [{ fault: 'hang' }]);
    const pool = createPool([server.url]);
    const subscription = request(pool).subscribe();
    const busy = { active: 1, loaded: ['qwen3:latest'] };
    expect(await until(pool, ([host]) => host?.active === 1)).toMatchObject([busy]);
    subscription.unsubscribe();
    expect(await until(pool, isKnown)).toMatchObject([{ active: 0 }]);
  });

  it('before a host was chosen sends nothing', async () => {
    const server = await startHost();
    const pool = createPool([server.url]);
    chatWith(pool).subscribe().unsubscribe();
    await roundTrip(server);
    expect(requestsTo(server)).toHaveLength(0);
  });

  it('by take(1) counts as one abort', async () => {
    const server = await startHost(['qwen3'], slowly());
    expect(await lastValueFrom(chatWith(createPool([server.url])).pipe(take(1)))).toBeDefined();
    expect(await requestsTo(server)[0]?.closed).toBe('aborted');
  });
});
