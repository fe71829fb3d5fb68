import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, take, toArray } from 'rxjs';
import { buildNestExample } from '../../scripts/nestExample.js';
import { createGate } from '../testing/node/support.js';
import { ALICE, BOB, newChat, post, read, readText, toRefusal, useNest } from './nest.js';

const nest = useNest({ redis: false, variables: { REQUESTS_PER_MINUTE: '1000', GRACE: '60000' } });

const HELLO = ['Hel', 'lo', { done: true }];

/** Asks gateway A, as alice. */
const ask = (body: object, headers: Record<string, string> = {}) =>
  post(`${nest.a.url}/chat`, body, { ...ALICE, ...headers });

describe('POST /chat', () => {
  it('streams the answer, and names its run', async () => {
    nest.script = HELLO;
    const response = await ask({ chat: newChat(), message: 'Hi' });
    const run = response.headers.get('x-run-id');
    expect(response.status).toBe(200);
    expect(run).toMatch(/^[\da-f]{32}$/);
    expect(response.headers.get('content-location')).toBe(`/chat/${String(run)}/events`);
    expect(response.headers.get('x-gateway')).toBe('A');
    expect(await readText(response)).toBe('Hello');
  });

  it('sends the model what was said before', async () => {
    nest.script = HELLO;
    const chat = newChat();
    await readText(await ask({ chat, message: 'Hi' }));
    await readText(await ask({ chat, message: 'And again' }));
    expect(nest.chats().at(-1)?.body.messages).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'And again' },
    ]);
  });

  it('asks once for the same Idempotency-Key', async () => {
    nest.script = HELLO;
    const before = nest.chats().length;
    const question = { chat: newChat(), message: 'Hi' };
    const key = { 'Idempotency-Key': 'once' };
    const responses = [await ask(question, key), await ask(question, key)];
    const [one, other] = responses.map(({ headers }) => headers.get('x-run-id'));
    expect(one).toBe(other);
    expect(await Promise.all(responses.map((response) => readText(response)))).toEqual([
      'Hello',
      'Hello',
    ]);
    expect(nest.chats().length).toBe(before + 1);
  });

  it('refuses a second question while the chat has an answer under way', async () => {
    const { gate, open } = createGate();
    nest.script = ['Hel', { content: 'lo', delay: gate }, { done: true }];
    const question = { chat: newChat(), message: 'Hi' };
    const response = await ask(question);
    const [status, message] = await toRefusal(await ask(question));
    expect([status, message]).toEqual([
      409,
      'This chat has an answer under way. Stop it, or wait for its end.',
    ]);
    open();
    expect(await readText(response)).toBe('Hello');
  });

  it('answers on when its client leaves', async () => {
    const { gate, open } = createGate();
    nest.script = ['Hel', { content: 'lo', delay: gate }, { done: true }];
    const response = await ask({ chat: newChat(), message: 'Hi' });
    const run = String(response.headers.get('x-run-id'));
    await firstValueFrom(read(response));
    open();
    expect(await readText(`${nest.a.url}/chat/${run}/events`)).toBe('Hello');
  });
});

describe('GET /chat/:run/events', () => {
  const start = async (): Promise<string> => {
    nest.script = HELLO;
    const response = await ask({ chat: newChat(), message: 'Hi' });
    await readText(response);
    return `${nest.a.url}/chat/${String(response.headers.get('x-run-id'))}/events`;
  };

  it('replays the same bytes each time', async () => {
    const url = await start();
    const replay = async () => (await fetch(url, { headers: ALICE })).text();
    const [one, other] = [await replay(), await replay()];
    expect(one).toContain('event: done');
    expect(other).toBe(one);
  });

  it('continues after Last-Event-ID', async () => {
    const url = await start();
    const ids: string[] = [];
    const all = await firstValueFrom(read(url, { onId: (id) => ids.push(id) }).pipe(toArray()));
    const rest = await firstValueFrom(read(url, { after: ids[1] ?? '' }).pipe(toArray()));
    expect(rest).toEqual(all.slice(2));
  });

  it.each([
    ['another user', 404, BOB, 'There is no such run.'],
    ['an id that is none', 400, { ...ALICE, 'Last-Event-ID': '1-x' }, /1-5/],
  ])('refuses %s', async (_, status, headers, said) => {
    const [code, message] = await toRefusal(await fetch(await start(), { headers }));
    expect(code).toBe(status);
    expect(message).toMatch(said);
  });

  it.each([
    ['that never was', '0'.repeat(32)],
    ['that is a name of JavaScript', '__proto__'],
    ['that leaves the path', '..%2f..'],
    ['that is long', 'x'.repeat(5000)],
  ])('has no run with an id %s', async (_, run) => {
    const response = await fetch(`${nest.a.url}/chat/${run}/events`, { headers: ALICE });
    expect(response.status).toBe(404);
  });
});

describe('POST /chat/:run/stop', () => {
  it('stops the model, and keeps what was said', async () => {
    nest.script = ['Hel', { fault: 'hang' }];
    const asked = nest.chats().length;
    const chat = newChat();
    const response = await ask({ chat, message: 'Hi' });
    const run = String(response.headers.get('x-run-id'));
    const text = readText(response);
    const request = await nest.chat(asked + 1);
    await firstValueFrom(read(`${nest.a.url}/chat/${run}/events`).pipe(take(1)));
    const stopped = await post(`${nest.a.url}/chat/${run}/stop`);
    expect(await stopped.json()).toEqual({ stopped: true });
    expect(await request.closed).toBe('aborted');
    expect(await text).toBe('Hel');
    const known = await fetch(`${nest.a.url}/chats/${chat}`, { headers: ALICE });
    expect(await known.json()).toEqual({
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hel' },
      ],
    });
  });

  it('is only for its owner', async () => {
    nest.script = ['Hel', { fault: 'hang' }];
    const response = await ask({ chat: newChat(), message: 'Hi' });
    const path = `${nest.a.url}/chat/${String(response.headers.get('x-run-id'))}`;
    expect((await post(`${path}/stop`, {}, BOB)).status).toBe(404);
    expect((await post(`${path}/approve/call_0`, { approved: true }, BOB)).status).toBe(404);
    await post(`${path}/stop`);
    await readText(response);
  });
});

describe('POST /chat/:run/approve/:call', () => {
  const ORDER = {
    function: { name: 'place_order', arguments: { item: 'desk lamp', quantity: 1 } },
  };

  /** Asks for an order, and decides on it. */
  const order = async (decision: object) => {
    nest.script = ({ body: { messages = [] } }) =>
      messages.at(-1)?.role === 'tool' ? HELLO : [{ tool_calls: [ORDER] }, { done: true }];
    const response = await ask({ chat: newChat(), message: 'Order a lamp' });
    const path = `${nest.a.url}/chat/${String(response.headers.get('x-run-id'))}/approve`;
    const events: string[] = [];
    let status: number | undefined;
    await read(response).forEach((event) => {
      events.push(event.type);
      if (event.type !== 'tool-approval') return;
      expect(event.reason).toBe('Order 1 × desk lamp for 39 €?');
      void post(`${path}/${event.call.id}`, decision).then((answer) => (status = answer.status));
    });
    const again = await toRefusal(await post(`${path}/call_0`, { approved: true }));
    return { events, status, again, told: nest.chats().at(-1)?.body.messages?.at(-1)?.content };
  };
  const orders = async () => {
    const { shop } = nest.cluster;
    return (await (await fetch(`${shop.orders}/orders?user=alice`)).json()) as unknown[];
  };

  it('makes the call that is approved, once', async () => {
    const before = (await orders()).length;
    const { events, status, again } = await order({ approved: true });
    expect(events).toContain('tool-result');
    expect(status).toBe(204);
    expect(again).toEqual([409, 'The call does not wait for a decision.']);
    expect((await orders()).length).toBe(before + 1);
  });

  it('makes no call that is declined, and says why to the model', async () => {
    const before = (await orders()).length;
    const { events, told } = await order({ approved: false, reason: 'Too expensive.' });
    expect(events).toContain('tool-denied');
    expect(told).toBe('The call was not approved: Too expensive.');
    expect((await orders()).length).toBe(before);
  });
});

describe('a request that is refused', () => {
  const paths = ['/chat', '/api/chat', '/agui', '/v1/chat/completions', '/ollama/api/chat'];

  it.each(paths)('without a key: %s', async (path) => {
    for (const headers of [{}, { Authorization: 'Bearer no-key-of-mine-at-all' }]) {
      const [status, message] = await toRefusal(await post(nest.a.url + path, {}, headers));
      expect([status, message]).toEqual([401, 'Send a key: "Authorization: Bearer KEY".']);
    }
  });

  it.each([
    ['/chat', {}, [/^chat: /, /^message: /]],
    ['/chat', { chat: 'a/b', message: ' ' }, [/^chat: Send up to 64/, /^message: Too small/]],
    ['/api/chat', { id: 'a' }, [/^messages: /]],
    ['/api/chat', { id: 'a', messages: [{ role: 'pirate', parts: [] }] }, [/messages\.0\.role/]],
    ['/agui', { threadId: 'a', runId: 'b' }, [/"messages"/]],
    ['/v1/chat/completions', { messages: [] }, [/^messages: Too small/, /^stream: Only streams/]],
    [
      '/v1/chat/completions',
      {
        stream: true,
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://x' } }] },
        ],
      },
      [/^messages\.0\.content/],
    ],
    ['/ollama/api/chat', { messages: 'Hi' }, [/^messages: /]],
    ['/ollama/api/chat', { model: 'gpt', messages: [{ role: 'user' }] }, [/There is: qwen3/]],
    ['/chat', '{"chat":', [/JSON/]],
    ['/chat', '[]', [/expected object/]],
  ])('%s with %j says what is wrong', async (path, body, said) => {
    const [status, message] = await toRefusal(await post(nest.a.url + path, body));
    expect(status).toBe(400);
    const messages = [message].flat();
    expect(messages).toHaveLength(said.length);
    for (const [at, pattern] of said.entries()) expect(messages[at]).toMatch(pattern);
  });

  it.each(paths)('with a body that is too long: %s', async (path) => {
    const response = await post(nest.a.url + path, { message: 'x'.repeat(300 * 1024) });
    expect(response.status).toBe(413);
  });

  it('reaches no model', async () => {
    const before = nest.chats().length;
    for (const path of paths) await post(nest.a.url + path, { messages: 7 });
    expect(nest.chats().length).toBe(before);
  });
});

describe('the gateway', () => {
  it('listens on this machine only', async () => {
    const { port } = new URL(nest.a.url);
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses = []) => addresses)
      .find(({ internal, family }) => !internal && family === 'IPv4');
    expect(new URL(nest.a.url).hostname).toBe('127.0.0.1');
    if (!outside) return;
    const socket = connect(Number(port), outside.address);
    const isRefused = await new Promise((resolve) => {
      socket.once('error', () => {
        resolve(true);
      });
      socket.once('connect', () => {
        resolve(false);
      });
    });
    socket.destroy();
    expect(isRefused).toBe(true);
  });

  it('lets in no page of another origin', async () => {
    const response = await fetch(`${nest.a.url}/chat`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('says how it is, without a key', async () => {
    const live = await fetch(`${nest.a.url}/health`);
    expect(await live.json()).toEqual({ status: 'ok' });
    const ready = await fetch(`${nest.a.url}/health/ready`);
    expect(await ready.json()).toEqual({ status: 'ok', ollama: true, redis: true });
  });

  it('serves the page, which may load nothing from elsewhere', async () => {
    const page = await fetch(nest.a.url);
    expect(await page.text()).toContain('<title>Shop assistant</title>');
    expect(page.headers.get('content-security-policy')).toBe("default-src 'self'; img-src data:");
  });
});

describe('a gateway with limits and origins of its own', () => {
  const strict = useNest({
    redis: false,
    variables: { REQUESTS_PER_MINUTE: '2', BODY_LIMIT: '100', CORS_ORIGINS: 'https://app.example' },
  });

  it('answers 429 to a user who asks too often, and not to others', async () => {
    const models = `${strict.a.url}/v1/models`;
    const statuses: number[] = [];
    for (const headers of [ALICE, ALICE, ALICE, BOB]) {
      const response = await fetch(models, { headers });
      statuses.push(response.status);
      if (response.status === 429) expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    expect(statuses).toEqual([200, 200, 429, 200]);
    expect((await fetch(`${strict.a.url}/health`)).status).toBe(200);
  });

  it('takes bodies up to its own limit', async () => {
    const question = { chat: newChat(), message: 'x'.repeat(100) };
    expect((await post(`${strict.a.url}/chat`, question)).status).toBe(413);
  });

  it('lets in the pages that it knows, which may read the name of a run', async () => {
    const ask = (Origin: string) =>
      fetch(`${strict.a.url}/health`, { headers: { Origin } }).then(({ headers }) => [
        headers.get('access-control-allow-origin'),
        headers.get('access-control-expose-headers'),
      ]);
    expect(await ask('https://app.example')).toEqual([
      'https://app.example',
      'x-run-id,content-location,retry-after',
    ]);
    expect((await ask('https://evil.example'))[0]).toBeNull();
  });
});

describe('the environment', () => {
  it('has to be right, and its values are in no message', async () => {
    const folder = await buildNestExample();
    const start = (variables: Record<string, string>) =>
      promisify(execFile)(process.execPath, [join(folder, 'gateway.js')], {
        env: { PATH: process.env['PATH'], ...variables },
      });
    const secret = 'a-secret-that-nobody-may-see';
    const error: unknown = await start({ API_KEYS: secret, PORT: '70000', MODELS: '' }).catch(
      (reason: unknown) => reason,
    );
    const { stderr } = error as { stderr: string };
    expect(stderr).toContain(
      'API_KEYS: Write user:key,user:key, with keys of 16 characters or more.',
    );
    expect(stderr).toContain('PORT: ');
    expect(stderr).toContain('MODELS');
    expect(stderr).not.toContain(secret);
  });
});
