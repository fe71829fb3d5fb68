// A gateway in a process of its own. It tells its parent its port, and ends with it.
import type { AddressInfo } from 'node:net';
import { setPriority } from 'node:os';
import { createClient } from 'redis';
import type { Observable } from 'rxjs';
import type { Streamed } from 'rxjs-ollama';
import { createRuns, type RunContext } from 'rxjs-ollama/node';
import { redisStore } from 'rxjs-ollama/redis';
import { approvalRoutes, work } from '../handlers/approvals.js';
import { answer, createApp } from '../handlers/runs.js';
import type { GatewaySettings } from './startGateway.js';

const {
  nice = 0,
  clock = 0,
  ...options
} = JSON.parse(process.env['SETTINGS'] ?? '{}') as GatewaySettings;
setPriority(nice);
const now = Date.now.bind(Date);
Date.now = () => now() + clock;

// The handlers log what could not be served. Here that is meant to happen.
console.error = () => undefined;

const client = createClient({ url: process.env['REDIS_URL'] ?? '', disableOfflineQueue: true });
const reader = client.duplicate();
const store = redisStore({ client, reader });
await Promise.all([client.connect(), reader.connect()]);

const restart = (context: RunContext): Observable<Streamed> =>
  'messages' in (context.input as object) ? work(context) : answer(context.input);

const runs = createRuns({
  ...{ store, ...options },
  ...(options.onOrphan === 'restart' && { restart }),
});
const app = createApp(runs).use(approvalRoutes(runs));
const server = app.listen(0, '127.0.0.1', () => {
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
