import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { findPort } from './findPort.js';

const MISSING =
  'redis-server is not installed, and these specs need a real one. Install it by ' +
  '`apt-get install redis-server` or `brew install redis`. It needs no settings: ' +
  'each spec starts its own on a free port of 127.0.0.1.';

/** A server of its own that ends with the spec. */
export interface RedisServer {
  readonly url: string;
  /** A connection, closed with the server. */
  connect(RESP?: 2 | 3): Promise<RedisConnection>;
  /** Kills it, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again at the same port, with what it keeps. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export type RedisConnection = ReturnType<typeof createConnection>;

function createConnection(url: string, RESP: 2 | 3) {
  return createClient({
    url,
    RESP,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: 20, connectTimeout: 60_000 },
  });
}

/**
 * @param keeps whether each write is on the disk before it is confirmed. Otherwise all is lost with the process
 * @throws if there is no redis-server
 */
export async function startRedis(keeps = false): Promise<RedisServer> {
  const port = String(await findPort());
  const url = `redis://127.0.0.1:${port}`;
  const dir = mkdtempSync(join(tmpdir(), 'rxjs-ollama-redis-'));
  const options = {
    ...{ port, bind: '127.0.0.1', dir, save: '' },
    ...(keeps ? { appendonly: 'yes', appendfsync: 'always' } : { appendonly: 'no' }),
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const connections: RedisConnection[] = [];
  let server = await launch(args);

  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exit = once(server, 'exit');
    server.kill('SIGKILL');
    await exit;
  };
  return {
    url,
    async connect(RESP = 3) {
      const connection = createConnection(url, RESP);
      // Before the store adds its own.
      connection.on('error', () => undefined);
      await connection.connect();
      connections.push(connection);
      return connection;
    },
    kill,
    async start() {
      server = await launch(args);
    },
    async stop() {
      for (const connection of connections) connection.destroy();
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Resolves when it accepts connections, which its log says. */
async function launch(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  const died = once(child, 'exit').then(
    () => {
      throw new Error(`redis-server ended:\n${log}`);
    },
    (error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Error(MISSING) : error;
    },
  );
  died.catch(() => undefined);
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('Ready to accept connections')) resolve();
    });
  });
  await Promise.race([ready, died]);
  return child;
}
