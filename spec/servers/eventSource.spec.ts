import { describe, expect, it } from '@jest/globals';
import { EventSource } from 'eventsource';
import { useServers } from './setup.js';

const servers = useServers();

const gateways = [
  ['`node:http`', 'http'],
  ['Nest 12 on Express', 'nestExpress'],
  ['Nest 12 on Fastify', 'nestFastify'],
] as const;

const countChats = () => servers.ollama.requests.length;

describe.each(gateways)('an EventSource in front of %s', (_, server) => {
  const open = () => {
    servers.scenario = ['Hel', 'lo', { done: true }];
    const { ports } = servers.gateways;
    return new EventSource(`http://127.0.0.1:${String(ports[server])}/events?question=Hi`);
  };

  it('gets each chunk by its name, and asks once if it is closed at `done`', async () => {
    const before = countChats();
    const source = open();
    const texts: string[] = [];
    const ids: string[] = [];
    source.addEventListener('chunk', ({ data, lastEventId }) => {
      const { message } = JSON.parse(String(data)) as { message: { content: string } };
      texts.push(message.content);
      ids.push(lastEventId);
    });
    await new Promise((resolve) => {
      source.addEventListener('done', resolve);
    });
    source.close();
    expect(texts).toEqual(['Hel', 'lo', '']);
    expect(ids).toEqual(['1-1', '1-2', '1-3']);
    expect(countChats() - before).toBe(1);
  });

  it('stops the model when it is closed', async () => {
    const before = countChats();
    const source = open();
    servers.scenario = ['Hel', { fault: 'hang' }];
    await new Promise((resolve) => {
      source.addEventListener('chunk', resolve);
    });
    source.close();
    expect(await (await servers.ollama.received(before + 1)).closed).toBe('aborted');
  });
});

describe('an EventSource that is not closed', () => {
  it('asks again after the end, and is stopped by 204 to its Last-Event-ID', async () => {
    const before = countChats();
    servers.scenario = ['Hel', { done: true }];
    const url = `http://127.0.0.1:${String(servers.gateways.ports.http)}/events?question=Hi`;
    const asked: (string | null)[] = [];
    const source = new EventSource(url, {
      async fetch(input, init) {
        asked.push(new Headers(init.headers).get('last-event-id'));
        return fetch(input, init);
      },
    });
    await new Promise<void>((resolve) => {
      source.addEventListener('error', () => {
        if (source.readyState === EventSource.CLOSED) resolve();
      });
    });
    expect(asked).toEqual([null, '1-3']);
    expect(countChats() - before).toBe(1);
  });
});
