import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as open } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { servePage } from '../../../examples/angular/server/servePage.js';
import { toUrl } from '../../../examples/angular/server/toUrl.js';
import { fromOllamaChat } from '../../../lib/index.js';
import { startScriptedOllama, type Script } from '../../../lib/testing/node/index.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

const request = { model: 'demo', messages: [{ role: 'user', content: 'Hi' }] };

async function serve(script: Script) {
  const ollama = await startScriptedOllama(script);
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  writeFileSync(join(folder, 'index.html'), '<p>The page</p>');
  writeFileSync(join(folder, 'main-ABCDEF12.js'), '1');
  const page = await servePage({ folder, ollama: ollama.url });
  cleanups.push(
    () => page.close(),
    () => ollama.close(),
    () => {
      rmSync(folder, { recursive: true });
    },
  );
  return { ollama, url: page.url };
}

/** A request with headers that `fetch` doesn't let one set. */
async function ask(url: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  const sent = open(url, { headers });
  sent.end();
  const [response] = (await once(sent, 'response')) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

describe('the server of the page', () => {
  it('streams what Ollama streams', async () => {
    const { url } = await serve(['Hel', 'lo', { done: true }]);
    const chunks = await lastValueFrom(fromOllamaChat(request, { host: url }).pipe(toArray()));
    expect(chunks.map(({ message }) => message.content)).toEqual(['Hel', 'lo', '']);
  });

  it('sends the headers before the first token', async () => {
    const { url } = await serve([{ raw: '' }, { fault: 'hang' }]);
    const controller = new AbortController();
    const { signal } = controller;
    const body = JSON.stringify(request);
    const response = await fetch(`${url}/api/chat`, { method: 'POST', body, signal });
    expect(response.status).toBe(200);
    controller.abort();
  });

  it.each([
    ['before the headers', [{ fault: 'hang' }]],
    ['in mid-stream', ['Hel', { fault: 'hang' }]],
  ] satisfies [string, Script][])('stops the model when the page leaves %s', async (_, script) => {
    const { ollama, url } = await serve(script);
    const subscription = fromOllamaChat(request, { host: url }).subscribe();
    const received = await ollama.received();
    expect(received.outcome).toBe('open');
    subscription.unsubscribe();
    expect(await received.closed).toBe('aborted');
  });

  it.each(['close', 'reset'] as const)('passes on that Ollama broke off: %s', async (fault) => {
    const { url } = await serve(['Hel', { fault }]);
    const answer = lastValueFrom(fromOllamaChat(request, { host: url }));
    await expect(answer).rejects.toMatchObject({ partial: { content: 'Hel' } });
  });

  it('says that Ollama is not there', async () => {
    const { ollama, url } = await serve([]);
    await ollama.close();
    await expect(lastValueFrom(fromOllamaChat(request, { host: url }))).rejects.toMatchObject({
      code: 'http',
      status: 502,
      message: expect.stringContaining("Ollama can't be reached at 127.0.0.1"),
    });
  });

  it('hides from Ollama where the page comes from', async () => {
    const { ollama, url } = await serve(['Hi', { done: true }]);
    const headers = { origin: url, referer: `${url}/`, cookie: 'a=b' };
    expect(await ask(`${url}/api/tags`, headers)).toBe(200);
    expect(ollama.requests[0]?.headers).not.toMatchObject({ origin: expect.anything() });
    expect(ollama.requests[0]?.headers).not.toMatchObject({ referer: expect.anything() });
    expect(ollama.requests[0]?.headers).not.toMatchObject({ cookie: expect.anything() });
  });

  it('refuses other pages, and other names of this machine', async () => {
    const { ollama, url } = await serve([]);
    expect(await ask(`${url}/api/tags`, { origin: 'https://example.com' })).toBe(403);
    expect(await ask(`${url}/api/tags`, { host: 'example.com' })).toBe(403);
    expect(await ask(url, { host: 'example.com' })).toBe(403);
    expect(ollama.requests).toEqual([]);
  });

  it('passes on what the page needs, and nothing else', async () => {
    const { ollama, url } = await serve([]);
    expect(await ask(`${url}/api/delete`)).toBe(404);
    expect(await ask(`${url}/api/chat/../push`)).toBe(404);
    expect(ollama.requests).toEqual([]);
  });

  it('serves the page with a policy, and hashed files for a year', async () => {
    const { url } = await serve([]);
    const page = await fetch(url);
    expect(await page.text()).toBe('<p>The page</p>');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const script = await fetch(`${url}/main-ABCDEF12.js`);
    expect(script.headers.get('content-type')).toContain('text/javascript');
    expect(script.headers.get('cache-control')).toContain('immutable');
  });

  it.each([
    '/missing.js',
    '/../servePage.spec.ts',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2fetc/passwd',
  ])('serves no other file: %s', async (path) => {
    const { url } = await serve([]);
    expect(await ask(url + path)).toBe(404);
  });
});

describe('OLLAMA_HOST', () => {
  it.each([
    ['127.0.0.1:11434', 'http://127.0.0.1:11434/'],
    ['gpu', 'http://gpu:11434/'],
    ['gpu:80', 'http://gpu/'],
    ['0.0.0.0', 'http://127.0.0.1:11434/'],
    ['https://ollama.example.com/', 'https://ollama.example.com/'],
  ])('%s', (host, url) => {
    expect(toUrl(host)).toBe(url);
  });
});
