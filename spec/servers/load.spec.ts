import { describe, expect, it } from '@jest/globals';
import { plainBridge, runBridges, toRun } from './bridges.js';
import { openSocket } from './client.js';
import { useServers } from './setup.js';

const servers = useServers();

const CLIENTS = 500;
/** Of heap and buffers, for a client with one request of the model. Measured: 67 kB, in a run 73 kB. */
const MAX_BYTES = 80_000;
/** What a request of a tool may cost besides. Measured: 24 kB. */
const TOOL_BYTES = 30_000;
const [runBridge = plainBridge] = runBridges;

const silent = () => ['Hel', { fault: 'hang' as const }];

describe.each([
  ['chats', plainBridge, silent(), MAX_BYTES],
  ['runs', runBridge, silent(), MAX_BYTES],
  // The model has called the tool, which is in the middle of its own request.
  ['runs with a running tool', runBridge, toRun(silent, silent), MAX_BYTES + TOOL_BYTES],
])('500 clients of %s at once', (_, bridge, scenario, maxBytes) => {
  it('get their events, have a limit of memory, and leave no stream of a model behind', async () => {
    const { gateways, ollama } = servers;
    servers.scenario = scenario;
    const open = () => openSocket(gateways.ports.http, bridge);
    // Whatever is loaded or made once.
    const warm = Array.from({ length: 20 }, open);
    await Promise.all(warm.map((client) => client.until('Hel')));
    for (const client of warm) client.leave();
    await Promise.all(ollama.requests.map(({ closed }) => closed));
    const before = await gateways.memory();
    const first = ollama.requests.length;

    const clients = Array.from({ length: CLIENTS }, open);
    await Promise.all(clients.map((client) => client.until('Hel')));
    expect(((await gateways.memory()) - before) / CLIENTS).toBeLessThanOrEqual(maxBytes);

    for (const client of clients) client.leave();
    const outcomes = await Promise.all(ollama.requests.slice(first).map(({ closed }) => closed));
    expect(outcomes.filter((outcome) => outcome === 'aborted')).toHaveLength(CLIENTS);
    expect(ollama.requests.filter(({ outcome }) => outcome === 'open')).toEqual([]);
  });
});
