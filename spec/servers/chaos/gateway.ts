// A gateway in a process of its own. It tells its parent its port, and ends with it.
import type { AddressInfo } from 'node:net';
import { setPriority } from 'node:os';
import { createClient } from 'redis';
import { createRuns } from 'rxjs-ollama/node';
import { redisStore } from 'rxjs-ollama/redis';
import { answer, createApp } from '../handlers/runs.js';
import type { GatewaySettings } from './startGateway.js';

const { nice = 0, ...options } = JSON.parse(process.env['SETTINGS'] ?? '{}') as GatewaySettings;
setPriority(nice);

// The handlers log what could not be served. Here that is meant to happen.
console.error = () => undefined;

const client = createClient({ url: process.env['REDIS_URL'] ?? '', disableOfflineQueue: true });
const reader = client.duplicate();
const store = redisStore({ client, reader });
await Promise.all([client.connect(), reader.connect()]);

const runs = createRuns({
  ...{ store, ...options },
  ...(options.onOrphan === 'restart' && { restart: ({ input }) => answer(input) }),
});
const server = createApp(runs).listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});

process.on('message', () => {
  void runs.close().then(() => {
    server.close();
    server.closeIdleConnections();
    process.exit();
  });
});
process.on('disconnect', () => process.exit());
