import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { FromChatEventsOptions } from '../../lib/index.js';
import { createGate } from '../testing/node/support.js';
import { newChat, post, readText, useNest } from './nest.js';

const variables = { REQUESTS_PER_MINUTE: '10000', GRACE: '60000', LEASE: '3000' };

/** Reads on wherever the balancer leads to, and notes the names of the gateways. */
function readOn(seen: (string | null)[]): FromChatEventsOptions {
  return {
    reconnect: { count: 100, delay: { initial: 10, max: 200 } },
    async fetch(input, init) {
      const answer = await fetch(input, init);
      seen.push(answer.headers.get('x-gateway'));
      return answer;
    },
  };
}

describe('a gateway that shuts down', () => {
  const nest = useNest({ variables });

  it('completes its answers, while their clients read on at the other', async () => {
    const { gate, open } = createGate();
    nest.script = ['Hel', { content: 'lo', delay: gate }, { done: true }];
    const seen: (string | null)[] = [];
    const response = await post(`${nest.cluster.url}/chat`, { chat: newChat(), message: 'Hi' });
    expect(response.headers.get('x-gateway')).toBe('A');
    const moved = createGate();
    const { fetch: read = fetch, ...options } = readOn(seen);
    const text = readText(response, {
      ...options,
      async fetch(...request) {
        const answer = await read(...request);
        moved.open();
        return answer;
      },
    });
    const exit = once(nest.a.process, 'exit');
    nest.a.process.kill('SIGTERM');
    await moved.gate;
    // The model speaks on to the gateway that shuts down.
    open();
    expect(await text).toBe('Hello');
    expect(seen.at(-1)).toBe('B');
    // Nest ends the process by the signal that it got.
    expect(await exit).toEqual([null, 'SIGTERM']);
    expect(nest.chats().length).toBe(1);
    expect(await (await nest.chat(1)).closed).toBe('completed');
  });
});

describe('a gateway that is killed', () => {
  const nest = useNest({ variables });

  it('leaves its answer and its line to the other', async () => {
    let isKilled = false;
    nest.script = () => (isKilled ? ['Hel', 'lo', { done: true }] : ['Hel', { fault: 'hang' }]);
    const { url } = nest.cluster;
    const seen: (string | null)[] = [];
    const first = await post(`${url}/chat`, { chat: newChat(), message: 'Hi' });
    expect(first.headers.get('x-gateway')).toBe('A');
    const text = readText(first, readOn(seen));
    await nest.chat(1);
    // Waits behind the first one, at the other gateway.
    const second = await post(`${nest.b.url}/chat`, { chat: newChat(), message: 'Hi' });
    const waits = createGate();
    const secondText = readText(second, {
      onOther() {
        waits.open();
      },
    });
    await waits.gate;
    isKilled = true;
    await nest.a.kill();
    expect(await text).toBe('Hello');
    expect(seen.at(-1)).toBe('B');
    expect(await secondText).toBe('Hello');
    expect(await Promise.all(nest.chats().map(({ closed }) => closed))).toEqual([
      'aborted',
      'completed',
      'completed',
    ]);
  });
});
