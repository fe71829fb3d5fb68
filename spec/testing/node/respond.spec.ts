import { describe, expect, it } from '@jest/globals';
import { chat, post, start } from './support.js';

const MODELS = {
  Qwen3: { capabilities: ['thinking', 'tools'] },
  'hf.co/some/one:q4': { capabilities: [] },
} as const;

describe('what the server answers by itself', () => {
  it('is that it runs', async () => {
    const { url } = await start();
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe('Ollama is running');
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('is its version', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/api/version`);
    expect(await response.json()).toEqual({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  });

  it('is the models it has', async () => {
    const { url } = await start([], { models: MODELS });
    const response = await fetch(`${url}/api/tags`);
    expect(await response.json()).toEqual({
      models: [
        ['qwen3:latest', ['completion', 'thinking', 'tools']],
        ['hf.co/some/one:q4', ['completion']],
      ].map(([name, capabilities]) => ({
        name,
        model: name,
        modified_at: expect.any(String),
        size: expect.any(Number),
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        details: expect.objectContaining({ format: 'gguf', context_length: 4096 }),
        capabilities,
      })),
    });
  });

  it('is the models that were asked for, where it has every model', async () => {
    const ollama = await start();
    const names = async (path: string) => {
      const { models } = (await (await fetch(ollama.url + path)).json()) as {
        models: { name: string }[];
      };
      return models.map(({ name }) => name);
    };
    expect(await names('/api/tags')).toEqual([]);
    await (await chat(ollama)).text();
    expect(await names('/api/tags')).toEqual(['qwen3:latest']);
    expect(await names('/api/ps')).toEqual(['qwen3:latest']);
  });

  it('is a model that has been pulled, but not one whose pull failed', async () => {
    const ollama = await start(
      ({ body }) =>
        body['name'] === 'broken'
          ? [{ status: 'pulling manifest' }, { error: 'no space left' }]
          : [{ status: 'pulling manifest' }, { status: 'success' }],
      { models: [] },
    );
    for (const name of ['broken', 'gemma3']) {
      await (await post(ollama, '/api/pull', { name })).text();
    }
    const tags = await fetch(`${ollama.url}/api/tags`);
    expect(await tags.json()).toMatchObject({ models: [{ name: 'gemma3:latest' }] });
    expect((await chat(ollama, { model: 'gemma3' })).status).toBe(200);
    expect((await chat(ollama, { model: 'broken' })).status).toBe(404);
  });

  it('is when a loaded model goes', async () => {
    const ollama = await start();
    await (await chat(ollama)).text();
    const { models } = (await (await fetch(`${ollama.url}/api/ps`)).json()) as {
      models: { expires_at: string }[];
    };
    expect(Date.parse(models[0]?.expires_at ?? '')).toBeGreaterThan(Date.now());
  });

  it('is what a model can do', async () => {
    const ollama = await start([], { models: MODELS });
    for (const body of [{ model: 'qwen3' }, { name: 'qwen3:latest' }]) {
      const response = await post(ollama, '/api/show', body);
      expect(await response.json()).toMatchObject({
        capabilities: ['completion', 'thinking', 'tools'],
        details: { format: 'gguf' },
        model_info: { 'general.architecture': 'scripted' },
      });
    }
  });

  it('is that it knows no such path, or not that method', async () => {
    const ollama = await start();
    const unknown = await post(ollama, '/api/nothing', {});
    expect([unknown.status, await unknown.text()]).toEqual([404, '404 page not found']);
    const wrong = await fetch(`${ollama.url}/api/chat`);
    expect([wrong.status, await wrong.text()]).toEqual([405, '405 method not allowed']);
  });
});

describe('a page in a browser', () => {
  const preflight = (url: string, origin: string) =>
    fetch(`${url}/api/chat`, { method: 'OPTIONS', headers: { Origin: origin } });

  it('is let in from this machine, and its preflight is not recorded', async () => {
    const ollama = await start(['Hi', { done: true }]);
    const origin = 'http://localhost:4200';
    const allowed = await preflight(ollama.url, origin);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('Content-Type');
    expect(ollama.requests).toEqual([]);

    const response = await chat(ollama, {}, { headers: { Origin: origin } });
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    expect((await response.text()).split('\n')).toHaveLength(3);
  });

  it('is kept out from elsewhere', async () => {
    const ollama = await start();
    for (const origin of ['https://example.com', 'http://localhost.example.com']) {
      expect((await preflight(ollama.url, origin)).status).toBe(403);
    }
  });
});
