import { describe, expect, it } from '@jest/globals';
import { expectTable } from '../support/matrix.js';
import { bridges, moments, runBridges, runMoments, type Bridge } from './bridges.js';
import { openHttp2, openSocket, type Client } from './client.js';
import { useServers } from './setup.js';

const servers = useServers();

const NGINX = 'behind nginx';

/** How the client leaves. nginx speaks HTTP/2 for the servers that don't, and none to a server. */
const ways: Readonly<Record<string, (bridge: Bridge) => Client>> = {
  'client leaves': (bridge) =>
    bridge.server === 'http2'
      ? openHttp2(servers.gateways.ports.http2, bridge, 'connection')
      : openSocket(servers.gateways.ports[bridge.server], bridge),
  'HTTP/2 reset': (bridge) =>
    openHttp2(
      (bridge.server === 'http2' ? servers.gateways.ports : servers.nginx.http2)[bridge.server],
      bridge,
    ),
  [NGINX]: (bridge) => openSocket(servers.nginx.plain[bridge.server], bridge),
};

describe.each([
  ['a chat', 'servers', bridges, moments],
  ['a run of tools', 'server-runs', runBridges, runMoments],
] as const)('%s', (_, table, all, points) => {
  const cells = new Map<string, number[]>();

  describe.each(all)('$name', (bridge) => {
    const open = Object.entries(ways).filter(([way]) => bridge.server !== 'http2' || way !== NGINX);

    describe.each(open)('%s', (way, connect) => {
      it.each(Object.entries(points))('%s', async (_, { script, requests, until }) => {
        const { ollama } = servers;
        servers.scenario = script();
        const before = ollama.requests.length;
        const client = connect(bridge);
        const request = await ollama.received(before + requests);
        if (until) await client.until(...until);
        expect(request.outcome).toBe('open');
        client.leave();
        await request.closed;
        await client.ended;
        const outcomes = ollama.requests.slice(before).map(({ outcome }) => outcome);
        expect(outcomes).toEqual([...Array<string>(requests - 1).fill('completed'), 'aborted']);
        const key = [bridge.name, way].join();
        const aborted = outcomes.filter((outcome) => outcome === 'aborted').length;
        cells.set(key, [...(cells.get(key) ?? []), aborted]);
      });
    });
  });

  it('is counted in the table of docs/reliability.md', () => {
    const columns = Object.keys(ways);
    const rows = all.map(({ name }) => [
      name,
      ...columns.map((way) => cells.get([name, way].join())?.join(', ') ?? '–'),
    ]);
    expectTable(table, ['bridge', ...columns], rows);
  });
});
