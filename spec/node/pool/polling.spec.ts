import type { ServerResponse } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler, lastValueFrom, toArray } from 'rxjs';
import { isOllamaError } from '../../../lib/errors.js';
import type { HostState, PoolHost } from '../../../lib/node/index.js';
import { fromOllamaChat } from '../../../lib/sources/fromOllamaChat.js';
import { fromOllamaPull } from '../../../lib/sources/fromOllamaPull.js';
import { inTurn, type Script } from '../../../lib/testing/node/index.js';
import {
  REQUEST,
  createGate,
  forbidConsole,
  listen,
  roundTrip,
  start,
  toContents,
} from '../../sources/support.js';
import { serve } from '../support.js';
import {
  ANSWER,
  NOWHERE,
  ask,
  chatWith,
  countChats,
  createPool,
  isKnown,
  pass,
  requestsTo,
  startHost,
  until,
} from './support.js';

forbidConsole();

/** A host that answers to a path, or hangs where it has no answer. Chats end at once. */
async function serveAs(answers: Readonly<Record<string, string | number>>) {
  const seen: string[] = [];
  const url = await serve((request, response) => {
    const path = String(request.url);
    seen.push(path);
    const answer = path === '/api/chat' ? FINAL : answers[path];
    if (typeof answer === 'number') response.writeHead(answer).end();
    else if (answer !== undefined) response.end(answer);
  });
  return { url, seen, chats: () => seen.filter((path) => path === '/api/chat').length };
}

const FINAL = JSON.stringify({
  model: 'qwen3',
  created_at: '',
  message: { role: 'assistant', content: '' },
  done: true,
});
const LISTED = JSON.stringify({ models: [{ name: 'qwen3:latest', model: 'qwen3:latest' }] });
const NOTHING = '{"models":[]}';

describe('hosts$', () => {
  it('has what each host said, and follows each request', async () => {
    const gate = createGate();
    const server = await startHost(
      ['llama', 'qwen3'],
      ['Hel', { content: 'lo', delay: gate.gate }, { done: true }],
    );
    const pool = createPool([{ url: server.url, parallel: 2 }]);
    const seen: HostState[] = [];
    pool.hosts$.subscribe(([host]) => {
      if (host) seen.push(host);
    });
    const host = { url: server.url, parallel: 2, error: undefined };
    expect(seen).toEqual([
      { ...host, status: 'unknown', active: 0, models: undefined, loaded: [] },
    ]);
    const answer = ask(pool);
    const models = ['llama:latest', 'qwen3:latest'];
    const up = { ...host, status: 'up', models };
    await until(pool, ([now]) => now?.active === 1);
    gate.open();
    await answer;
    expect(seen.slice(1)).toEqual([
      { ...up, active: 0, loaded: [] },
      { ...up, active: 1, loaded: ['qwen3:latest'] },
      { ...up, active: 0, loaded: ['qwen3:latest'] },
    ]);
  });

  it('completes when the pool is destroyed, also before and after', async () => {
    const pool = createPool([NOWHERE]);
    const states = lastValueFrom(pool.hosts$.pipe(toArray()));
    pool.destroy();
    expect((await states).length).toBeGreaterThan(0);
    expect(await lastValueFrom(pool.hosts$.pipe(toArray()))).toEqual([]);
  });
});

describe('hosts are asked', () => {
  it('by nobody but a request or a subscriber', async () => {
    const server = await startHost();
    const scheduler = new VirtualTimeScheduler();
    const pool = createPool([server.url], { scheduler });
    const chat$ = chatWith(pool);
    pass(scheduler, 100_000);
    await roundTrip(server);
    expect(requestsTo(server, '/api/ps')).toHaveLength(0);

    await listen(chat$);
    expect(scheduler.actions).toEqual([]);
    // A poll that was under way as the answer completed may still arrive.
    await roundTrip(server);
    const polls = requestsTo(server, '/api/ps').length;
    expect(polls).toBeGreaterThan(0);
    pass(scheduler, 100_000);
    await roundTrip(server);
    expect(requestsTo(server, '/api/ps')).toHaveLength(polls);
  });

  it('every `poll` ms, as long as somebody looks', async () => {
    const server = await startHost();
    const scheduler = new VirtualTimeScheduler();
    // Longer than a host may take to answer, so that the timer of the next poll can be told from others.
    const poll = 7000;
    const pool = createPool([server.url], { scheduler, poll });
    const subscription = pool.hosts$.subscribe();
    const delays = () => scheduler.actions.map(({ delay }) => delay - scheduler.frame);
    for (let polls = 1; polls <= 3; polls++) {
      while (delays().join() !== String(poll)) await roundTrip(server);
      expect(requestsTo(server, '/api/ps')).toHaveLength(polls);
      pass(scheduler, poll - 1);
      await roundTrip(server);
      expect(requestsTo(server, '/api/ps')).toHaveLength(polls);
      pass(scheduler, 1);
    }
    subscription.unsubscribe();
    expect(scheduler.actions).toEqual([]);
  });

  it('again after an idle time, before the next request is sent', async () => {
    const servers = [await startHost(), await startHost()] as const;
    const scheduler = new VirtualTimeScheduler();
    const pool = createPool([servers[0].url, servers[1].url], { scheduler });
    await ask(pool);
    // Meanwhile somebody else used the second host, and the first one dropped the model.
    await listen(fromOllamaChat(REQUEST, { host: servers[1].url }));
    const unload = { ...REQUEST, messages: [], keep_alive: 0 };
    await listen(fromOllamaChat(unload, { host: servers[0].url }));
    pass(scheduler, 60_000);
    await ask(pool);
    expect(countChats(...servers)).toEqual([2, 2]);
  });

  it('and keep the model that they load for this pool, which they do not list yet', async () => {
    const scheduler = new VirtualTimeScheduler();
    const seen: ServerResponse[] = [];
    let polls = 0;
    const url = await serve((request, response) => {
      if (request.url === '/api/chat') seen.push(response);
      else {
        if (request.url === '/api/ps') polls++;
        response.end(request.url === '/api/tags' ? LISTED : NOTHING);
      }
    });
    const pool = createPool([{ url, parallel: 2 }], { scheduler });
    const looking = pool.hosts$.subscribe();
    /** Whether the model is in the memory after another poll. */
    const poll = async (): Promise<unknown> => {
      const before = polls;
      while (polls === before) {
        pass(scheduler, 5000);
        await new Promise(setImmediate);
      }
      while (scheduler.actions.length !== 1) await new Promise(setImmediate);
      return (await until(pool, isKnown))[0]?.loaded;
    };
    const first = chatWith(pool).subscribe();
    const second = chatWith(pool).subscribe();
    while (seen.length < 2) await new Promise(setImmediate);
    expect(await poll()).toEqual(['qwen3:latest']);
    first.unsubscribe();
    expect(await poll()).toEqual(['qwen3:latest']);
    second.unsubscribe();
    expect(await poll()).toEqual([]);
    looking.unsubscribe();
  });

  it('after they have loaded a model, since they may have dropped another', async () => {
    const gate = createGate();
    const server = await startHost(
      ['qwen3'],
      ['Hel', { content: 'lo', delay: gate.gate }, { done: true }],
    );
    const scheduler = new VirtualTimeScheduler();
    const pool = createPool([server.url], { scheduler });
    const answer = ask(pool);
    while (requestsTo(server, '/api/ps').length < 2) await roundTrip(server);
    expect(scheduler.frame).toBe(0);
    gate.open();
    await answer;
    await ask(pool);
    await roundTrip(server);
    expect(requestsTo(server, '/api/ps')).toHaveLength(2);
  });
});

describe('a host whose lists can not be read', () => {
  const huge = `{"models":[${'{"model":"a"},'.repeat(400_000)}{"model":"qwen3"}]}`;

  it.each<[string, string | number, string]>([
    ['refuses them', 403, 'HTTP 403'],
    ['has none', 404, 'HTTP 404'],
    ['fails', 500, 'HTTP 500'],
    ['sends a page', '<html>', '<html>'],
    ['sends another object', '{"data":[]}', '{"data":[]}'],
    ['sends an error', '{"error":"no"}', 'no'],
    ['sends nothing', '', 'ended before its first chunk'],
    ['sends more than 4 MiB', huge, '4194304'],
  ])('may still answer: it %s', async (_, answer, reason) => {
    const odd = await serveAs({ '/api/tags': answer, '/api/ps': answer });
    const pool = createPool([odd.url]);
    expect((await ask(pool)).error).toBeUndefined();
    const [state] = await until(pool, isKnown);
    expect(state).toMatchObject({ status: 'up', models: undefined });
    expect(isOllamaError(state?.error) && state.error.message).toContain(reason);
    // What it was sent is known.
    expect(state?.loaded).toEqual(['qwen3:latest']);

    const good = await startHost();
    const both = createPool([odd.url, good.url]);
    await ask(both);
    expect(odd.chats()).toBe(1);
    expect(countChats(good)).toEqual([1]);
  });

  it('may say that it does not have the model', async () => {
    const url = await serve((request, response) => {
      response.statusCode = request.url === '/api/chat' ? 404 : 403;
      response.end(JSON.stringify({ error: "model 'qwen3' not found" }));
    });
    expect((await ask(createPool([url]))).error).toMatchObject({ code: 'http', status: 404 });
  });

  it('says why, also where only one of them can not be read', async () => {
    const { url } = await serveAs({ '/api/tags': LISTED, '/api/ps': 403 });
    expect(await until(createPool([url]), isKnown)).toMatchObject([
      { status: 'up', models: ['qwen3:latest'], loaded: [], error: { status: 403 } },
    ]);
  });

  it('has the names that can be read, of a list with others', async () => {
    const models = [
      null,
      3,
      'text',
      {},
      { model: 5 },
      { name: 'Llama' },
      { model: 'qwen3:latest' },
    ];
    const list = JSON.stringify({ models });
    const { url } = await serveAs({ '/api/tags': list, '/api/ps': list });
    const [state] = await until(createPool([url]), isKnown);
    expect(state).toMatchObject({
      status: 'up',
      models: ['llama:latest', 'qwen3:latest'],
      loaded: ['llama:latest', 'qwen3:latest'],
    });
  });

  it.each([502, 503])('is down if a proxy answers %d for it', async (status) => {
    const down = await serveAs({ '/api/tags': status, '/api/ps': status });
    const good = await startHost();
    const pool = createPool([down.url, good.url]);
    await ask(pool);
    expect((await until(pool, isKnown)).map((host) => host.status)).toEqual(['down', 'up']);
    expect(down.chats()).toBe(0);
  });
});

describe('a host that hangs', () => {
  it('holds no request up while it is asked again', async () => {
    const scheduler = new VirtualTimeScheduler();
    const answers: Record<string, string> = { '/api/tags': LISTED, '/api/ps': NOTHING };
    const { url, seen } = await serveAs(answers);
    const pool = createPool([url], { scheduler });
    const looking = pool.hosts$.subscribe();
    await until(pool, isKnown);
    delete answers['/api/ps'];
    // It has loaded the model, so it is asked again.
    expect((await ask(pool)).error).toBeUndefined();
    while (seen.filter((path) => path === '/api/ps').length < 2) await new Promise(setImmediate);
    expect((await ask(pool)).error).toBeUndefined();
    expect(scheduler.frame).toBe(0);
    looking.unsubscribe();
  });

  it('is waited for a second, then the request goes elsewhere', async () => {
    const scheduler = new VirtualTimeScheduler();
    const hung = await serveAs({});
    // It has the model, but not in its memory: another one might be better.
    const good = await startHost();
    const pool = createPool([hung.url, good.url], { scheduler });
    const answer = ask(pool);
    while (hung.seen.length < 2 || requestsTo(good, '/api/ps').length < 1) await roundTrip(good);
    pass(scheduler, 999);
    await roundTrip(good);
    expect(countChats(good)).toEqual([0]);
    pass(scheduler, 1);
    expect(toContents((await answer).values)).toEqual(['Hel', 'lo', '']);
    expect(hung.chats()).toBe(0);
  });

  it('is not waited for where another has the model in its memory', async () => {
    const scheduler = new VirtualTimeScheduler();
    const hung = await serveAs({});
    const good = await startHost();
    await listen(fromOllamaChat(REQUEST, { host: good.url }));
    const pool = createPool([hung.url, good.url], { scheduler });
    expect((await ask(pool)).error).toBeUndefined();
    expect(scheduler.frame).toBe(0);
  });

  describe('is waited for where the one that has the model in its memory', () => {
    /** The model is in the memory of the one host, and the other one says so when its gate opens. */
    async function startTwo(known: Omit<PoolHost, 'url'>, script: Script = ANSWER) {
      const server = await startHost(['qwen3'], inTurn(ANSWER, script));
      await listen(fromOllamaChat(REQUEST, { host: server.url }));
      const late = createGate();
      let chats = 0;
      const url = await serve((request, response) => {
        if (request.url !== '/api/chat') void late.gate.then(() => response.end(LISTED));
        else {
          chats++;
          response.end(FINAL);
        }
      });
      const scheduler = new VirtualTimeScheduler();
      const pool = createPool([url, { ...known, url: server.url }], { scheduler });
      return { server, pool, late, chats: () => chats };
    }

    it('is busy', async () => {
      const { server, pool, late, chats } = await startTwo({}, [{ fault: 'hang' }]);
      const first = chatWith(pool).subscribe();
      await until(pool, ([, host]) => host?.active === 1);
      const second = ask(pool);
      late.open();
      expect((await second).error).toBeUndefined();
      expect([...countChats(server), chats()]).toEqual([2, 1]);
      first.unsubscribe();
    });

    it('is used for other models', async () => {
      const { server, pool, late, chats } = await startTwo({ models: ['llama'] });
      const looking = pool.hosts$.subscribe();
      await until(pool, ([, host]) => host?.status === 'up');
      const answer = ask(pool);
      expect((await until(pool, () => true)).map(({ active }) => active)).toEqual([0, 0]);
      late.open();
      expect((await answer).error).toBeUndefined();
      expect([...countChats(server), chats()]).toEqual([1, 1]);
      looking.unsubscribe();
    });
  });

  it('is down after 5 s, and is asked again after the cool-down', async () => {
    const scheduler = new VirtualTimeScheduler();
    const hung = await serveAs({ '/api/ps': NOTHING });
    const pool = createPool([hung.url], { scheduler, cooldown: 3000 });
    const states: HostState[] = [];
    pool.hosts$.subscribe(([host]) => {
      if (host) states.push(host);
    });
    pass(scheduler, 4999);
    expect(states.map(({ status }) => status)).toEqual(['unknown']);
    while (!hung.seen.includes('/api/ps')) await new Promise(setImmediate);
    // Its one answer has to be read, too.
    while (states.length < 2) {
      pass(scheduler, 0);
      await new Promise(setImmediate);
      if (scheduler.frame === 4999) pass(scheduler, 1);
    }
    expect(states[1]).toMatchObject({
      status: 'down',
      error: {
        code: 'timeout',
        kind: 'firstChunk',
        message: 'The host did not say within 5 s which models it has. Is it running?',
      },
    });
    const { length } = hung.seen;
    pass(scheduler, 2999);
    await new Promise(setImmediate);
    expect(hung.seen).toHaveLength(length);
    pass(scheduler, 1);
    while (hung.seen.length === length) await new Promise(setImmediate);
  });
});

describe('a host that was down', () => {
  it('is left alone for the cool-down, and used when it has come back', async () => {
    const scheduler = new VirtualTimeScheduler();
    const first = await startHost();
    const second = await startHost();
    const pool = createPool([first.url, second.url], { scheduler });
    const looking = pool.hosts$.subscribe();
    await ask(pool);
    expect(countChats(first, second)).toEqual([1, 0]);

    await first.close();
    await ask(pool);
    expect(countChats(first, second)).toEqual([1, 1]);
    expect((await until(pool, isKnown))[0]).toMatchObject({
      status: 'down',
      loaded: [],
      error: { code: 'connection' },
    });

    const again = await start(ANSWER, { models: ['qwen3'], port: Number(new URL(first.url).port) });
    pass(scheduler, 1999);
    await ask(pool);
    expect(countChats(again, second)).toEqual([0, 2]);
    pass(scheduler, 1);
    await until(pool, ([host]) => host?.status === 'up');
    await second.close();
    expect((await ask(pool)).error).toBeUndefined();
    expect(countChats(again)).toEqual([1]);
    looking.unsubscribe();
  });

  it('is asked by a request all the same if no other is left', async () => {
    const scheduler = new VirtualTimeScheduler();
    const first = await startHost();
    const pool = createPool([first.url], { scheduler });
    await ask(pool);
    await first.close();
    expect((await ask(pool)).error).toMatchObject({ code: 'connection' });
    const again = await start(ANSWER, { models: ['qwen3'], port: Number(new URL(first.url).port) });
    expect((await ask(pool)).error).toBeUndefined();
    expect(countChats(again)).toEqual([1]);
  });

  it('is left alone and keeps its model while an earlier answer of it goes on', async () => {
    const scheduler = new VirtualTimeScheduler();
    let asked = 0;
    const server = await startHost(['qwen3'], () =>
      asked++
        ? { steps: [{ error: 'busy', status: 503 }], headers: { 'Retry-After': '60' } }
        : [{ fault: 'hang' }],
    );
    const pool = createPool([server.url], { scheduler });
    const looking = pool.hosts$.subscribe();
    const first = chatWith(pool).subscribe();
    await until(pool, ([host]) => host?.active === 1);
    await ask(pool);
    const [host] = await until(pool, isKnown);
    expect(host).toMatchObject({ status: 'down', active: 1, loaded: ['qwen3:latest'] });
    first.unsubscribe();
    expect(scheduler.actions.map(({ delay }) => delay)).toEqual([60_000]);
    looking.unsubscribe();
  });

  it('is left alone for as long as its Retry-After says', async () => {
    const scheduler = new VirtualTimeScheduler();
    const reply = { steps: [{ error: 'busy', status: 503 }], headers: { 'Retry-After': '60' } };
    const server = await startHost(['qwen3'], reply);
    const pool = createPool([server.url], { scheduler });
    await ask(pool);
    const polls = requestsTo(server, '/api/ps').length;
    const looking = pool.hosts$.subscribe();
    pass(scheduler, 59_999);
    // The one timer is that of the next poll: no request of an earlier one is under way.
    expect(scheduler.actions.map(({ delay }) => delay - scheduler.frame)).toEqual([1]);
    expect(requestsTo(server, '/api/ps')).toHaveLength(polls);
    pass(scheduler, 1);
    await until(pool, ([host]) => host?.status === 'up');
    looking.unsubscribe();
  });
});

describe('destroy()', () => {
  it('in mid-stream stops the host, and fails with the message so far', async () => {
    const server = await startHost(['qwen3'], ['Hel', { fault: 'hang' }]);
    const scheduler = new VirtualTimeScheduler();
    const pool = createPool([server.url], { scheduler });
    pool.hosts$.subscribe();
    const answer = listen(chatWith(pool));
    await until(pool, ([host]) => host?.active === 1);
    const request = await server.received(3);
    while (request.linesWritten < 1) await roundTrip(server);
    await roundTrip(server);
    pool.destroy();
    const { error } = await answer;
    expect(error).toMatchObject({
      code: 'connection',
      message: 'The pool of Ollama hosts was destroyed. Make a new one by createOllamaPool().',
      partial: { role: 'assistant', content: 'Hel' },
    });
    expect(await request.closed).toBe('aborted');
    expect(scheduler.actions).toEqual([]);
  });

  it('before the first chunk fails without a message, and asks no other host', async () => {
    const servers = [
      await startHost(['qwen3'], [{ fault: 'hang' }]),
      await startHost(['qwen3'], [{ fault: 'hang' }]),
    ] as const;
    const pool = createPool([servers[0].url, servers[1].url]);
    const answer = ask(pool);
    const request = await servers[0].received(3);
    pool.destroy();
    const { error } = await answer;
    expect(error).toMatchObject({ code: 'connection' });
    expect(error).not.toHaveProperty('partial');
    expect(await request.closed).toBe('aborted');
    await roundTrip(servers[1]);
    expect(countChats(...servers)).toEqual([1, 0]);
  });

  it('fails what is no chat in the same words', async () => {
    const server = await startHost(['qwen3'], [{ status: 'working' }, { fault: 'hang' }]);
    const pool = createPool([server.url]);
    const pull = listen(fromOllamaPull({ model: 'llama' }, { client: pool }));
    const request = await server.received(3);
    pool.destroy();
    const { error } = await pull;
    expect(error).toMatchObject({ code: 'connection' });
    expect((error as Error).message).toMatch(/^The pool of Ollama hosts was destroyed\./);
    expect(await request.closed).toBe('aborted');
  });

  it('refuses later requests, and makes none', async () => {
    const server = await startHost();
    const pool = createPool([server.url]);
    pool.destroy();
    pool.destroy();
    expect((await ask(pool)).error).toMatchObject({ code: 'connection' });
    await roundTrip(server);
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/version']);
  });
});

describe('many requests', () => {
  it('that wait for the same host go out together, on a flat stack', async () => {
    const COUNT = 1500;
    let asked = 0;
    // Only counted: as many connections would be the system's load and not the pool's.
    const fetch = (input: unknown) => {
      const isChat = String(input).endsWith('/api/chat');
      if (isChat) asked++;
      return Promise.resolve(new Response(isChat ? FINAL : LISTED));
    };
    const pool = createPool([NOWHERE], { fetch });
    const answers = await Promise.all(Array.from({ length: COUNT }, () => ask(pool)));
    expect(answers.filter(({ error }) => error)).toEqual([]);
    expect(asked).toBe(COUNT);
    expect((await until(pool, isKnown))[0]).toMatchObject({ active: 0 });
  });
});
