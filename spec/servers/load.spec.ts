import { describe, expect, it } from '@jest/globals';
import { plainBridge } from './bridges.js';
import { openSocket } from './client.js';
import { useServers } from './setup.js';

const servers = useServers();

const CLIENTS = 500;
const MAX_BYTES = 80_000;

describe('500 clients at once', () => {
  it('get their events, cost at most 80 kB each, and leave no stream of the model behind', async () => {
    const { gateways, ollama } = servers;
    servers.scenario = ['Hel', { fault: 'hang' }];
    const open = () => openSocket(gateways.ports.http, plainBridge);
    // Whatever is loaded or made once.
    const warm = Array.from({ length: 20 }, open);
    await Promise.all(warm.map((client) => client.until('Hel')));
    for (const client of warm) client.leave();
    await Promise.all(ollama.requests.map(({ closed }) => closed));
    const before = await gateways.memory();

    const clients = Array.from({ length: CLIENTS }, open);
    await Promise.all(clients.map((client) => client.until('Hel')));
    expect(((await gateways.memory()) - before) / CLIENTS).toBeLessThanOrEqual(MAX_BYTES);

    for (const client of clients) client.leave();
    const outcomes = await Promise.all(ollama.requests.slice(-CLIENTS).map(({ closed }) => closed));
    expect(outcomes).toEqual(Array(CLIENTS).fill('aborted'));
    expect(ollama.requests.filter(({ outcome }) => outcome === 'open')).toEqual([]);
  });
});
