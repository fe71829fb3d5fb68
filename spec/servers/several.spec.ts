import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { take } from 'rxjs';
import { fromChatEvents } from '../../lib/sources/fromChatEvents.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import type { ScriptedOllama, Step } from '../../lib/testing/node/index.js';
import { REQUEST, createGate, listen, start, toContents } from '../sources/support.js';
import { startServer } from '../support/startServer.js';
import { findPort } from './findPort.js';
import { launchNginx } from './start.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

const ANSWER: readonly Step[] = ['Hel', 'lo', { done: true }];
const BUSY: readonly Step[] = [{ error: 'server busy, please try again.', status: 503 }];

const count = ({ requests }: ScriptedOllama): number =>
  requests.filter(({ path }) => path === '/api/chat').length;

/** The settings of the guide, with other addresses in them. */
async function startNginx(gpu1: string, gpu2: string): Promise<string> {
  const guide = readFileSync(join(__dirname, '../../docs/guide/several-servers.md'), 'utf8');
  const [, settings = ''] = /^```nginx\n([^]*?)^```$/m.exec(guide) ?? [];
  const port = String(await findPort());
  const replaced = settings
    .replace('gpu1:11434', gpu1.replace('http://', ''))
    .replace('gpu2:11434', gpu2.replace('http://', ''))
    .replace(':8080', `:${port}`);
  expect(replaced).not.toMatch(/gpu\d|8080/);
  closing.push(await launchNginx(replaced, Number(port)));
  return `http://127.0.0.1:${port}`;
}

/** Where nothing listens. */
const findNowhere = async (): Promise<string> => `http://127.0.0.1:${String(await findPort())}`;

describe('the settings of nginx in the guide', () => {
  it.each([
    ['refuses connections', undefined],
    ['is busy', BUSY],
    ['closes the connection before the headers', [{ fault: 'close' }] as const],
  ])('let the next host answer where one %s', async (_, script) => {
    const bad = script && (await start(script));
    const good = await start(ANSWER);
    const host = await startNginx(bad?.url ?? (await findNowhere()), good.url);
    for (let n = 0; n < 2; n++) {
      const { values, error } = await listen(fromOllamaChat(REQUEST, { host }));
      expect(error).toBeUndefined();
      expect(toContents(values)).toEqual(['Hel', 'lo', '']);
    }
    expect(count(good)).toBe(2);
  });

  it('ask no other host once an answer has begun', async () => {
    const servers = [
      await start(['Hel', { fault: 'reset' }]),
      await start(['Hel', { fault: 'reset' }]),
    ] as const;
    const host = await startNginx(servers[0].url, servers[1].url);
    const { values, error } = await listen(fromOllamaChat(REQUEST, { host }));
    expect(toContents(values)).toEqual(['Hel']);
    expect(error).toMatchObject({ partial: { content: 'Hel' } });
    expect(count(servers[0]) + count(servers[1])).toBe(1);
  });

  it('pass on each chunk before the next one is there', async () => {
    const gate = createGate();
    const script = ['Hel', { content: 'lo', delay: gate.gate }, { done: true }];
    const servers = [await start(script), await start(script)] as const;
    const host = await startNginx(servers[0].url, servers[1].url);
    const contents: string[] = [];
    await new Promise<void>((resolve, reject) => {
      fromOllamaChat(REQUEST, { host }).subscribe({
        next: ({ message }) => {
          contents.push(message.content);
          // It comes while the host waits.
          gate.open();
        },
        error: reject,
        complete: resolve,
      });
    });
    expect(contents).toEqual(['Hel', 'lo', '']);
  });

  it('stop the model when a client leaves', async () => {
    const script: readonly Step[] = ['Hel', { fault: 'hang' }];
    const servers = [await start(script), await start(script)] as const;
    const host = await startNginx(servers[0].url, servers[1].url);
    await listen(fromOllamaChat(REQUEST, { host }).pipe(take(1)));
    const [request] = servers.flatMap(({ requests }) =>
      requests.filter(({ path }) => path === '/api/chat'),
    );
    expect(await request?.closed).toBe('aborted');
  });
});

describe('the gateway with a pool in the guide', () => {
  it('answers by the host that can, and stops the model when its client leaves', async () => {
    const busy = await start(BUSY, { models: ['qwen3'] });
    let hangs = false;
    const good = await start(() => (hangs ? ['Hel', { fault: 'hang' }] : ANSWER), {
      models: ['qwen3'],
    });
    process.env['OLLAMA_HOSTS'] = `${busy.url},${good.url}`;
    const { server } = await import('./handlers/pool.js');
    const { url, close } = await startServer(server);
    closing.push(close);
    const post = () => fromChatEvents(new Request(url, { method: 'POST', body: 'Hi' }));
    const { values, error } = await listen(post());
    expect(error).toBeUndefined();
    expect(toContents(values)).toEqual(['Hel', 'lo', '']);
    expect([count(busy), count(good)]).toEqual([1, 1]);

    hangs = true;
    await listen(post().pipe(take(1)));
    expect(await good.requests.findLast(({ path }) => path === '/api/chat')?.closed).toBe(
      'aborted',
    );
  });
});
