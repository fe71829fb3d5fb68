import { request as httpRequest, Agent } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { inTurn, startScriptedOllama } from '../../../lib/testing/node/index.js';
import {
  CHAT,
  codeOf,
  chat,
  createGate,
  post,
  readerOf,
  start,
  toContents,
  toLines,
} from './support.js';

describe('startScriptedOllama', () => {
  it('says hello without a script', async () => {
    const ollama = await start();
    const lines = toLines(await (await chat(ollama)).text());
    expect(toContents(lines).join('')).toBe('Hello, world!');
    expect(lines.at(-1)?.['done']).toBe(true);

    const pulled = await post(ollama, '/api/pull', { model: 'qwen3' });
    expect(await pulled.text()).toBe('{"status":"success"}\n');
  });

  it('listens on the loopback address only, each server on a port of its own', async () => {
    const [one, two] = [await start(), await start()];
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(two.url).not.toBe(one.url);
  });

  it('listens on the port of the options', async () => {
    const free = await startScriptedOllama();
    const port = Number(new URL(free.url).port);
    await free.close();
    expect((await start([], { port })).url).toBe(`http://127.0.0.1:${String(port)}`);
    await expect(startScriptedOllama([], { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it.each([-1, 1.5, 65_536, NaN, '80'])('refuses to listen on port %j', async (port) => {
    const options = { port: port as number };
    await expect(startScriptedOllama([], options)).rejects.toThrow(
      new RangeError(`port must be an integer from 0 to 65535, not ${String(port)}.`),
    );
  });

  it('refuses what is not HTTP', async () => {
    const ollama = await start();
    const socket = connect(Number(new URL(ollama.url).port), '127.0.0.1');
    socket.write('GARBAGE\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString().split('\r\n')[0]).toBe('HTTP/1.1 400 Bad Request');
    expect(ollama.requests).toEqual([]);
  });

  it('closes a connection whose headers are longer than 1 MiB', async () => {
    const ollama = await start();
    const socket = connect(Number(new URL(ollama.url).port), '127.0.0.1');
    // The server may close before it has read everything, and the client then sees a reset.
    socket.on('error', () => undefined).resume();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(1_100_000)}\r\n\r\n`);
    await closed;
    expect(ollama.requests).toEqual([]);
  });

  it('accepts headers of 100 kB, as Ollama does', async () => {
    const ollama = await start(['Hi', { done: true }]);
    const response = await chat(ollama, {}, { headers: { 'X-Long': 'x'.repeat(100_000) } });
    expect(response.status).toBe(200);
  });

  it('sends the headers with the first line and not before', async () => {
    const { gate, open } = createGate();
    const ollama = await start([{ delay: gate }, 'Hi', { done: true }]);
    let answered = false;
    const response = chat(ollama).then((it) => {
      answered = true;
      return it;
    });
    const request = await ollama.received();
    // A request of its own, to and fro, is time enough for headers that were sent too early.
    await (await fetch(`${ollama.url}/api/version`)).text();
    expect(answered).toBe(false);
    expect(request).toMatchObject({ linesWritten: 0, outcome: 'open', closedAt: undefined });

    open();
    const { status, headers } = await response;
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    expect(headers.get('transfer-encoding')).toBe('chunked');
  });

  it('plays a scenario again for every request', async () => {
    const ollama = await start(['Hi', { done: true }]);
    const texts = [await (await chat(ollama)).text(), await (await chat(ollama)).text()];
    expect(texts.map((text) => toContents(toLines(text)))).toEqual([
      ['Hi', ''],
      ['Hi', ''],
    ]);
  });

  it('asks a function for each request what to do, and waits for it', async () => {
    const ollama = await start(async ({ body, path }) => {
      await Promise.resolve();
      const last = body.messages?.at(-1);
      return last?.role === 'tool' ? [`It is ${last.content}.`] : [`${path} ${body.model ?? ''}`];
    });
    const first = toLines(await (await chat(ollama)).text());
    const messages = [...CHAT.messages, { role: 'tool', content: '391' }];
    const second = toLines(await (await chat(ollama, { messages })).text());
    expect(toContents([...first, ...second])).toEqual(['/api/chat qwen3', 'It is 391.']);
  });

  it('plays scenarios in turn, the last one for the rest', async () => {
    const ollama = await start(
      inTurn(['one'], ({ body }) => [`two, ${body.model ?? ''}`], { steps: ['three'] }),
    );
    const contents: unknown[] = [];
    for (let n = 0; n < 4; n++) {
      contents.push(...toContents(toLines(await (await chat(ollama)).text())));
    }
    expect(contents).toEqual(['one', 'two, qwen3', 'three', 'three']);
  });

  it('tells the client with a status when a script fails before any output', async () => {
    const ollama = await start(() => Promise.reject(new Error('no idea')));
    const response = await chat(ollama);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: 'the script failed: Error: no idea' });
  });

  it('tells the client with an error line when a script fails after some output', async () => {
    const ollama = await start(function* () {
      yield 'Hi';
      throw new Error('no idea');
    });
    const lines = toLines(await (await chat(ollama)).text());
    expect(lines).toEqual([
      expect.objectContaining({ done: false }),
      { error: 'the script failed: Error: no idea' },
    ]);
  });
});

describe('what the server records', () => {
  it('is every request in order: method, path, headers and body', async () => {
    const ollama = await start();
    await (await chat(ollama, { think: true }, { headers: { 'X-Test': 'yes' } })).text();
    await (await fetch(`${ollama.url}/api/tags?x=1`)).text();
    expect(ollama.requests).toMatchObject([
      {
        method: 'POST',
        path: '/api/chat',
        headers: { 'x-test': 'yes' },
        body: { ...CHAT, think: true },
      },
      { method: 'GET', path: '/api/tags', body: {} },
    ]);
  });

  it('is how much was written, that all of it was, and when', async () => {
    const ollama = await start(['a', 'b', { done: true }]);
    const before = performance.now();
    await (await chat(ollama)).text();
    const request = await ollama.received();
    expect(await request.closed).toBe('completed');
    expect(request).toMatchObject({ linesWritten: 3, outcome: 'completed' });
    expect(request.receivedAt).toBeGreaterThan(before);
    expect(request.closedAt).toBeGreaterThan(request.receivedAt);
  });

  it('is a client that left while the headers were pending', async () => {
    const ollama = await start([{ fault: 'hang' }]);
    const controller = new AbortController();
    const response = chat(ollama, {}, { signal: controller.signal });
    const request = await ollama.received();
    controller.abort();
    await expect(response).rejects.toThrow('aborted');
    expect(await request.closed).toBe('aborted');
    expect(request.linesWritten).toBe(0);
  });

  it('is a client that left in mid-stream, after which nothing is written or generated', async () => {
    const { gate: ended, open: end } = createGate();
    let generated = 0;
    const ollama = await start(async function* () {
      try {
        for (;;) yield { content: String(generated++), delay: 1 };
      } finally {
        end();
      }
    });
    const reader = readerOf(await chat(ollama));
    await reader.read();
    await reader.cancel();
    const [request] = ollama.requests;
    expect(await request?.closed).toBe('aborted');
    const { linesWritten } = request ?? {};
    await ended;
    const soFar = generated;
    await (await fetch(`${ollama.url}/api/version`)).text();
    expect(generated).toBe(soFar);
    expect(request?.linesWritten).toBe(linesWritten);
    expect(linesWritten).toBeGreaterThan(0);
  });

  it('is a client that left, also if the script objects', async () => {
    const ollama = await start(function* () {
      try {
        yield { fault: 'hang' };
      } finally {
        // A generator that fails while it is being stopped has nobody left to tell.
        JSON.parse('{');
      }
    });
    const left = new AbortController();
    const response = chat(ollama, {}, { signal: left.signal });
    const request = await ollama.received();
    left.abort();
    await expect(response).rejects.toThrow('aborted');
    expect(await request.closed).toBe('aborted');
  });

  it('is a client that resets its connection', async () => {
    const ollama = await start(['Hi', { fault: 'hang' }]);
    const socket = connect(Number(new URL(ollama.url).port), '127.0.0.1');
    const body = JSON.stringify(CHAT);
    socket.write(
      `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
    );
    await once(socket, 'data');
    socket.resetAndDestroy();
    expect(await ollama.requests[0]?.closed).toBe('aborted');
  });

  it('is a client that left before it had sent its whole request', async () => {
    const ollama = await start();
    const socket = connect(Number(new URL(ollama.url).port), '127.0.0.1');
    socket.end('POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"mod');
    const request = await ollama.received();
    expect(await request.closed).toBe('aborted');
    expect(request.body).toEqual({});
  });

  it('is how many connections there were, and are', async () => {
    const ollama = await start(['Hi', { done: true }]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = 0; n < 3; n++) {
      const request = httpRequest(`${ollama.url}/api/chat`, { agent, method: 'POST' });
      request.end(JSON.stringify(CHAT));
      const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream];
      response.resume();
      await once(response, 'end');
    }
    expect(ollama.requests.map(({ connection }) => connection)).toEqual([1, 1, 1]);
    expect([ollama.connections, ollama.openConnections]).toEqual([1, 1]);

    const socket = connect(Number(new URL(ollama.url).port), '127.0.0.1');
    socket.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await once(socket.resume(), 'close');
    expect([ollama.connections, ollama.openConnections]).toEqual([2, 1]);
    agent.destroy();
  });

  it('can be waited for: the n-th request, whether it came before or comes later', async () => {
    const ollama = await start([{ fault: 'hang' }]);
    const second = ollama.received(2);
    const left = new AbortController();
    const options = { signal: left.signal };
    const responses = [chat(ollama, { model: 'a' }, options)];
    expect((await ollama.received(1)).body.model).toBe('a');
    responses.push(chat(ollama, { model: 'b' }, options));
    expect((await second).body.model).toBe('b');
    expect(await ollama.received()).toBe(ollama.requests[0]);
    left.abort();
    await Promise.allSettled(responses);
  });
});

describe('close', () => {
  it('drops what is open, and resolves when it is gone', async () => {
    const ollama = await startScriptedOllama(['Hi', { delay: 3_600_000 }, 'too late']);
    const response = await chat(ollama);
    const [request] = ollama.requests;
    const countTimers = () =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const timers = countTimers();
    await ollama.close();
    expect(request).toMatchObject({ outcome: 'dropped', linesWritten: 1 });
    expect(ollama.openConnections).toBe(0);
    expect(countTimers()).toBeLessThan(timers);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('closes a connection on which only half a request has come', async () => {
    const ollama = await startScriptedOllama();
    const socket = connect(Number(new URL(ollama.url).port), '127.0.0.1');
    socket.write('POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"mod');
    await once(socket, 'connect');
    // The server has read what came before another request, to and fro.
    await (await fetch(`${ollama.url}/api/version`)).text();
    const closed = once(socket.resume(), 'close');
    await ollama.close();
    await closed;
    expect(ollama.openConnections).toBe(0);
  });

  it('closes idle connections and refuses new ones', async () => {
    const ollama = await startScriptedOllama();
    await (await chat(ollama)).text();
    await ollama.close();
    expect(ollama.requests[0]?.outcome).toBe('completed');
    expect(await codeOf(chat(ollama))).toBe('ECONNREFUSED');
  });

  it('may be called twice, and is what `await using` calls', async () => {
    const ollama = await startScriptedOllama();
    await Promise.all([ollama.close(), ollama[Symbol.asyncDispose]()]);
    await ollama.close();
    await expect(chat(ollama)).rejects.toThrow('fetch failed');
  });
});
