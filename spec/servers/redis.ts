import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createClient } from 'redis';
import { findPort } from './findPort.js';

/** A server of its own, in memory, that ends with the spec. */
export interface RedisServer {
  readonly url: string;
  /** A connection, closed with the server. */
  connect(): Promise<RedisConnection>;
  /** Kills it, as a crash does: what it had is lost. */
  kill(): Promise<void>;
  /** Starts it again at the same port, without what it had. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export type RedisConnection = ReturnType<typeof createConnection>;

function createConnection(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: 20, connectTimeout: 60_000 },
  });
}

/** @throws if there is no redis-server: `apt-get install redis-server` */
export async function startRedis(): Promise<RedisServer> {
  const port = await findPort();
  const url = `redis://127.0.0.1:${String(port)}`;
  const connections: RedisConnection[] = [];

  const launch = async (): Promise<() => Promise<void>> => {
    const options = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    const died = exit.then(([code]) => {
      throw new Error(`redis-server ended with ${String(code)}.`);
    });
    died.catch(() => undefined);
    const ready = (async () => {
      let log = '';
      for await (const text of child.stdout) {
        log += String(text);
        if (log.includes('Ready to accept connections')) break;
      }
      child.stdout.resume();
    })();
    await Promise.race([ready, died]);
    return async () => {
      child.kill('SIGKILL');
      await exit;
    };
  };

  let end = await launch();
  return {
    url,
    async connect() {
      const connection = createConnection(url);
      // Before the store adds its own.
      connection.on('error', () => undefined);
      await connection.connect();
      connections.push(connection);
      return connection;
    },
    kill: () => end(),
    async start() {
      end = await launch();
    },
    async stop() {
      for (const connection of connections) connection.destroy();
      await end();
    },
  };
}
