import { afterEach, describe, expect, it } from '@jest/globals';
import { startScriptedOllama, type ScriptedOllama } from '../../lib/testing/node/index.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import type { OllamaOptions } from '../../lib/types/index.js';
import { endpoints } from './endpoints.js';
import { REQUEST, forbidConsole, listen } from './support.js';

forbidConsole();

const servers: ScriptedOllama[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Answers as the endpoint does, whatever the method of the request is. */
async function startTarget(): Promise<ScriptedOllama> {
  const server = await startScriptedOllama({
    status: 200,
    steps: [{ raw: '{"model":"m","message":{"content":"hijacked"},"done":true}\n' }],
  });
  servers.push(server);
  return server;
}

async function startRedirect(status: number, location: string): Promise<ScriptedOllama> {
  const server = await startScriptedOllama({ status, headers: { location }, steps: [] });
  servers.push(server);
  return server;
}

const asks = [
  {
    name: 'fromOllamaChat',
    method: 'chat',
    ask: (options?: OllamaOptions) => fromOllamaChat(REQUEST, options),
  },
  ...endpoints,
];
const statuses = [301, 302, 303, 307, 308];

describe.each(asks)('$name', ({ method, ask }) => {
  it.each(statuses)('sends nothing to another origin: %d', async (status) => {
    const target = await startTarget();
    const server = await startRedirect(status, `${target.url}/api/${method}`);
    const headers = { 'X-Api-Key': 'sk-123456' };
    const { values, error } = await listen(ask({ host: server.url, headers }));
    expect(values).toEqual([]);
    expect(error).toMatchObject({
      code: 'http',
      status,
      url: `${server.url}/api/${method}`,
      message:
        `HTTP ${String(status)} from ${server.url}/api/${method}: ` +
        `The server redirects to ${target.url}/api/${method}. ` +
        'Redirects are not followed, because another server would get the request. ' +
        `Set host to ${target.url} if that is yours.`,
    });
    expect(target.requests).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it.each(statuses)('sends nothing to another path of the origin: %d', async (status) => {
    const server = await startRedirect(status, '/login?next=secret');
    const { values, error } = await listen(ask({ host: server.url }));
    expect(values).toEqual([]);
    expect(error).toMatchObject({ code: 'http', status });
    expect((error as Error).message).toContain(`redirects to ${server.url}/login. `);
    expect(server.requests).toHaveLength(1);
  });

  it.each(statuses)('refuses the answer that a fetch got by following it: %d', async (status) => {
    const target = await startTarget();
    const server = await startRedirect(status, `${target.url}/api/${method}`);
    const follow: typeof fetch = (input, init) => fetch(input, { ...init, redirect: 'follow' });
    const { values, error } = await listen(ask({ host: server.url, fetch: follow }));
    expect(values).toEqual([]);
    expect(error).toMatchObject({ code: 'http' });
    expect((error as Error).message).toContain(`HTTP redirect from ${server.url}/api/${method}: `);
    expect((error as Error).message).toContain(`redirects to ${target.url}/api/${method}. `);
  });
});
