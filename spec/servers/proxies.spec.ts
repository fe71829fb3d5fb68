import { describe, expect, it } from '@jest/globals';
import type { Step } from '../../lib/testing/node/index.js';
import { bridges, plainBridge, runBridges, toRun, type Bridge } from './bridges.js';
import { openGzip, openHttp2, openSocket, type Client } from './client.js';
import { useServers } from './setup.js';

const servers = useServers();

/** Each way to a gateway on which something could hold a stream back. */
const paths: Readonly<Record<string, (bridge: Bridge) => Client>> = {
  'nginx as it comes': (bridge) => openSocket(servers.nginx.plain[bridge.server], bridge),
  'nginx with gzip': (bridge) => openGzip(servers.nginx.gzip[bridge.server], bridge),
  'nginx with HTTP/2': (bridge) => openHttp2(servers.nginx.http2[bridge.server], bridge),
};

const direct = (bridge: Bridge): Client =>
  openSocket(servers.gateways.ports[bridge.server], bridge);

describe.each(Object.entries(paths))('%s', (_, open) => {
  // nginx speaks no HTTP/2 to a gateway.
  const isProxied = ({ server }: Bridge) => server !== 'http2';
  const chats = bridges.filter(isProxied).map((bridge) => ({ ...bridge, isRun: false }));
  const runs = runBridges.filter(isProxied).map((bridge) => ({ ...bridge, isRun: true }));

  it.each([...chats, ...runs])(
    'passes on each event of $name before the next one is there (of a run: $isRun)',
    async ({ isRun, ...bridge }) => {
      const { ollama } = servers;
      let proceed: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => {
        proceed = resolve;
      });
      const answer: Step[] = ['Hel', { content: 'lo', delay: gate }, { fault: 'hang' }];
      servers.scenario = isRun
        ? toRun(
            () => ['a tree', { done: true }],
            () => answer,
          )
        : answer;
      const client = open(bridge);
      await client.until('Hel');
      proceed();
      await client.until('"lo"');
      client.leave();
      expect(await (await ollama.received(ollama.requests.length)).closed).toBe('aborted');
    },
  );
});

describe('the first event', () => {
  const ROUNDS = 15;

  /** The median of the time to the first event, in ms. */
  async function measure(open: (bridge: Bridge) => Client): Promise<number> {
    servers.scenario = ['Hel', { fault: 'hang' }];
    const times: number[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      const start = performance.now();
      const client = open(plainBridge);
      await client.until('Hel');
      times.push(performance.now() - start);
      client.leave();
      await client.ended;
    }
    return times.sort((a, b) => a - b)[ROUNDS >> 1] ?? NaN;
  }

  it.each(Object.entries(paths))('by %s comes within 100 ms of a direct one', async (_, open) => {
    await measure(direct);
    const without = await measure(direct);
    expect((await measure(open)) - without).toBeLessThanOrEqual(100);
  });
});

describe('a proxy that cuts a silent stream off after a second', () => {
  const plain = (path: string): Bridge => ({ ...plainBridge, path });
  const open = (path: string): Client => openSocket(servers.nginx.impatient.http, plain(path));

  it('leaves one with a heartbeat open', async () => {
    servers.scenario = [{ fault: 'hang' }];
    const client = open('/?heartbeat=300');
    // More than a second of silence of the model.
    await client.until(': hb', 5);
    const { ollama } = servers;
    const request = await ollama.received(ollama.requests.length);
    expect(request.outcome).toBe('open');
    client.leave();
    expect(await request.closed).toBe('aborted');
  });

  it('cuts one without, which stops the model', async () => {
    const { ollama } = servers;
    servers.scenario = [{ fault: 'hang' }];
    const before = ollama.requests.length;
    const client = open('/?heartbeat=0');
    await client.ended;
    expect(await (await ollama.received(before + 1)).closed).toBe('aborted');
  });
});
