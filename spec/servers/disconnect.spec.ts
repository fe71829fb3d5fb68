import { describe, expect, it } from '@jest/globals';
import type { Scenario, Step } from '../../lib/testing/node/index.js';
import { expectTable } from '../support/matrix.js';
import { bridges, type Bridge } from './bridges.js';
import { openHttp2, openSocket, type Client } from './client.js';
import { useServers } from './setup.js';

const servers = useServers();

const NGINX = 'behind nginx';

function* endless(): Generator<Step> {
  for (;;) yield { content: 'and ', delay: 1 };
}

/** What the model does, and what the client has received when it leaves. */
const moments: Readonly<Record<string, readonly [() => Scenario, ...until: [string, number?]]>> = {
  'before the headers': [() => [{ fault: 'hang' }], ''],
  'at the first chunk': [() => ['Hel', { fault: 'hang' }], 'Hel'],
  'in mid-stream': [() => ({ steps: endless() }), 'and ', 3],
  'before done': [() => ['Hel', 'lo', { fault: 'hang' }], 'lo'],
};

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

const cells = new Map<string, number[]>();

describe.each(bridges)('$name', (bridge) => {
  const open = Object.entries(ways).filter(([way]) => bridge.server !== 'http2' || way !== NGINX);

  describe.each(open)('%s', (way, connect) => {
    it.each(Object.entries(moments))('%s', async (_, [script, part, times]) => {
      const { ollama } = servers;
      servers.scenario = script();
      const before = ollama.requests.length;
      const client = connect(bridge);
      const request = await ollama.received(before + 1);
      if (part) await client.until(part, times);
      expect(request.outcome).toBe('open');
      client.leave();
      await request.closed;
      await client.ended;
      const aborted = ollama.requests
        .slice(before)
        .filter(({ outcome }) => outcome === 'aborted').length;
      expect([ollama.requests.length - before, aborted]).toEqual([1, 1]);
      const key = [bridge.name, way].join();
      cells.set(key, [...(cells.get(key) ?? []), aborted]);
    });
  });
});

describe('what was counted', () => {
  it('is in the table of docs/reliability.md', () => {
    const columns = Object.keys(ways);
    const rows = bridges.map(({ name }) => [
      name,
      ...columns.map((way) => cells.get([name, way].join())?.join(', ') ?? '–'),
    ]);
    expectTable('servers', ['bridge', ...columns], rows);
  });
});
