import { describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { OllamaHttpError, OllamaStreamError } from '../../lib/errors.js';
import { accumulateMessage } from '../../lib/operators/accumulateMessage.js';
import { fromChatEvents } from '../../lib/sources/fromChatEvents.js';
import { listen } from '../sources/support.js';
import type { ServerName } from './bridges.js';
import { useServers } from './setup.js';

const servers = useServers();

const handlers: readonly (readonly [ServerName, string])[] = [
  ['express', '/chat'],
  ['compression', '/chat'],
  ['fastify', '/chat'],
  ['fastify', '/raw'],
  ['hono', '/chat'],
  ['nestExpress', '/chat'],
  ['nestExpress', '/raw'],
  ['nestFastify', '/chat'],
  ['nestFastify', '/raw'],
];

describe.each(handlers)('the handler of %s at %s', (server, path) => {
  const post = (body: object) =>
    fromChatEvents(
      new Request(`http://127.0.0.1:${String(servers.gateways.ports[server])}${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );

  it('answers a question, which fromChatEvents reads', async () => {
    const { ollama } = servers;
    servers.scenario = [{ thinking: 'Hm.' }, 'Hel', 'lo', { done: true }];
    const message = await lastValueFrom(post({ question: 'Hi' }).pipe(accumulateMessage()));
    expect(message).toEqual({ role: 'assistant', thinking: 'Hm.', content: 'Hello' });
    const { body } = await ollama.received(ollama.requests.length);
    expect(body.messages).toEqual([{ role: 'user', content: 'Hi' }]);
  });

  it('refuses a body without a question by 400, and does not ask the model', async () => {
    const before = servers.ollama.requests.length;
    for (const body of [{}, { question: null }]) {
      const { error } = await listen(post(body));
      expect(error).toBeInstanceOf(OllamaHttpError);
      expect(error).toMatchObject({ status: 400 });
    }
    expect(servers.ollama.requests).toHaveLength(before);
  });

  it('says that the model failed, without its words', async () => {
    servers.scenario = ['Hel', { error: 'llama runner: /home/me/model is broken' }];
    const { error } = await listen(post({ question: 'Hi' }));
    expect(error).toBeInstanceOf(OllamaStreamError);
    expect(error).toMatchObject({
      message: 'The answer could not be completed.',
      partial: { content: 'Hel' },
    });
    expect(JSON.stringify((error as Error).cause)).not.toContain('home');
  });
});
