import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startScriptedOllama, type Script } from 'rxjs-ollama/testing/node';
import { streamAnswer } from './streamAnswer.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

/** The handler behind a real HTTP server, in front of a scripted model. */
async function serve(script: Script) {
  const ollama = await startScriptedOllama(script);
  const server = createServer((request, response) => {
    const question = new URL(request.url ?? '', 'http://localhost').searchParams.get('q') ?? '';
    streamAnswer(question, response, { host: ollama.url });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
    await ollama.close();
  });
  return {
    ollama,
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/?q=Hi`,
  };
}

describe('the handler in plain Node', () => {
  it('streams the answer, without the thinking', async () => {
    const { ollama, url } = await serve([{ thinking: 'Hm.' }, 'Hel', 'lo', { done: true }]);
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe('Hello');
    expect(await ollama.requests[0]?.closed).toBe('completed');
    expect(ollama.requests[0]?.body.messages).toEqual([{ role: 'user', content: 'Hi' }]);
  });

  it('stops the model when the client disconnects in mid-stream', async () => {
    const { ollama, url } = await serve(function* () {
      for (;;) yield { content: 'and then ', delay: 1 };
    });
    const controller = new AbortController();
    const response = await fetch(url, { signal: controller.signal });
    await response.body?.getReader().read();
    const request = await ollama.received();
    expect(request.outcome).toBe('open');
    controller.abort();
    expect(await request.closed).toBe('aborted');
  });

  it('stops the model when the client disconnects before the first chunk', async () => {
    const { ollama, url } = await serve([{ fault: 'hang' }]);
    const controller = new AbortController();
    const failed = expect(fetch(url, { signal: controller.signal })).rejects.toThrow('abort');
    const request = await ollama.received();
    controller.abort();
    expect(await request.closed).toBe('aborted');
    await failed;
  });

  it('answers with a status when the model fails before its first text', async () => {
    const { url } = await serve([{ error: 'busy', status: 503 }]);
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([502, 'http']);
  });

  it('breaks the response off when the model fails in mid-stream', async () => {
    let fail: () => void = () => undefined;
    const failing = new Promise<void>((resolve) => (fail = resolve));
    const { url } = await serve(['Hel', { error: 'out of memory', delay: failing }]);
    const response = await fetch(url);
    fail();
    await expect(response.text()).rejects.toThrow('terminated');
  });
});
