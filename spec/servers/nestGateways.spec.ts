import { describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom } from 'rxjs';
import type { OtherEvent } from '../../lib/index.js';
import { createGate } from '../testing/node/support.js';
import { newChat, post, read, readText, useNest } from './nest.js';

const nest = useNest({
  variables: { REQUESTS_PER_MINUTE: '10000', GRACE: '60000', LEASE: '3000' },
});

const WORDS = Array.from({ length: 60 }, (_, at) => `word ${String(at)}, `);
const runOf = (response: Response): string => String(response.headers.get('x-run-id'));
const eventsOf = (url: string, run: string): string => `${url}/chat/${run}/events`;

describe('two gateways', () => {
  it('give a client that is thrown between them the exact text', async () => {
    // Each word comes when the client has the one before, and has been thrown to the other gateway.
    const gates = WORDS.map(() => createGate());
    nest.script = [
      ...WORDS.map((content, at) => ({ content, delay: gates[at]?.gate ?? 0 })),
      { done: true },
    ];
    const asked = nest.chats().length;
    const { url, balancer } = nest.cluster;
    const seen: string[] = [];
    let words = 0;
    const response = await post(`${url}/chat`, { chat: newChat(), message: 'Count' });
    gates[0]?.open();
    const chunk$ = read(response, {
      reconnect: { count: 50, delay: { initial: 10, max: 100 } },
      async fetch(input, init) {
        const answer = await fetch(input, init);
        seen.push(String(answer.headers.get('x-gateway')));
        return answer;
      },
    }).pipe(filter((event) => event.type === 'chunk'));
    let text = '';
    await chunk$.forEach(({ chunk }) => {
      text += chunk.message.content;
      words++;
      if (words % 4 === 0) balancer.toNext();
      gates[words]?.open();
    });
    expect(text).toBe(WORDS.join(''));
    expect(seen.filter((name, at) => name !== seen[at - 1]).length).toBeGreaterThan(10);
    expect(nest.chats().length).toBe(asked + 1);
  });

  it('stop each other’s runs', async () => {
    nest.script = ['Hel', { fault: 'hang' }];
    const asked = nest.chats().length;
    const response = await post(`${nest.a.url}/chat`, { chat: newChat(), message: 'Hi' });
    await firstValueFrom(read(eventsOf(nest.b.url, runOf(response))));
    const stopped = await post(`${nest.b.url}/chat/${runOf(response)}/stop`);
    expect(await stopped.json()).toEqual({ stopped: true });
    expect(await (await nest.chat(asked + 1)).closed).toBe('aborted');
    expect(await readText(response)).toBe('Hel');
  });

  it('decide on each other’s calls', async () => {
    const call = {
      function: { name: 'place_order', arguments: { item: 'floor lamp', quantity: 1 } },
    };
    nest.script = ({ body: { messages = [] } }) =>
      messages.at(-1)?.role === 'tool'
        ? ['Ordered.', { done: true }]
        : [{ tool_calls: [call] }, { done: true }];
    const response = await post(`${nest.a.url}/chat`, { chat: newChat(), message: 'Order' });
    const run = runOf(response);
    const asked = await firstValueFrom(
      read(eventsOf(nest.b.url, run)).pipe(filter(({ type }) => type === 'tool-approval')),
    );
    const id = asked.type === 'tool-approval' ? asked.call.id : '';
    expect((await post(`${nest.b.url}/chat/${run}/approve/${id}`, { approved: true })).status).toBe(
      204,
    );
    expect(await readText(response)).toBe('Ordered.');
  });
});

describe('the line of a user', () => {
  /** Asks, and notes the places in line. */
  const askInLine = async (url: string, headers?: Record<string, string>) => {
    const others: OtherEvent[] = [];
    const response = await post(`${url}/chat`, { chat: newChat(), message: 'Hi' }, headers);
    const arrived = createGate();
    const text = readText(response, {
      onOther(event) {
        others.push(event);
        arrived.open();
      },
    });
    return { text, others, waits: arrived.gate, run: runOf(response) };
  };

  it('lets one answer after the other be asked for, at whichever gateway', async () => {
    const { gate, open } = createGate();
    nest.script = ['Hel', { content: 'lo', delay: gate }, { done: true }];
    const asked = nest.chats().length;
    const first = await askInLine(nest.a.url);
    await nest.chat(asked + 1);
    const second = await askInLine(nest.b.url);
    await second.waits;
    const third = await askInLine(nest.a.url);
    await third.waits;
    expect(nest.chats().length).toBe(asked + 1);
    open();
    expect(await Promise.all([first.text, second.text, third.text])).toEqual([
      'Hello',
      'Hello',
      'Hello',
    ]);
    expect(first.others).toEqual([]);
    expect(second.others).toEqual([{ name: 'place', data: '{"place":1}' }]);
    expect(third.others.map(({ data }) => data)).toEqual(['{"place":2}', '{"place":1}']);
    expect(nest.chats().length).toBe(asked + 3);
  });

  it('is left by a run that is stopped, and asks no model for it', async () => {
    const { gate, open } = createGate();
    nest.script = ['Hel', { content: 'lo', delay: gate }, { done: true }];
    const asked = nest.chats().length;
    const first = await askInLine(nest.a.url);
    const second = await askInLine(nest.a.url);
    await second.waits;
    await post(`${nest.b.url}/chat/${second.run}/stop`);
    expect(await second.text).toBe('');
    open();
    expect(await first.text).toBe('Hello');
    expect(nest.chats().length).toBe(asked + 1);
  });
});
