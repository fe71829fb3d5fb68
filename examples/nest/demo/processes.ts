import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A process that was started, and is killed with this one. */
export interface Started {
  readonly process: ChildProcess;
  /** Ends it as by the system: without a chance to say anything. */
  kill(): Promise<void>;
  /** Asks it to shut down, and resolves when it has. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function watch(child: ChildProcess): Started {
  running.add(child);
  const exit = once(child, 'exit').catch(() => undefined);
  void exit.then(() => running.delete(child));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exit;
  };
  return { process: child, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

/** Starts a bundle, and resolves with what it says of itself. */
export async function startBundle(
  bundle: string,
  variables: Readonly<Record<string, string>>,
): Promise<Started & { readonly said: unknown }> {
  const child = fork(bundle, {
    env: { PATH: process.env['PATH'], ...variables },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const started = watch(child);
  const said: unknown = await Promise.race([
    once(child, 'message').then(([message]: unknown[]) => message),
    once(child, 'exit').then(() => undefined),
  ]);
  if (said === undefined) throw new Error(`${bundle} did not start.`);
  return { ...started, said };
}

/** Starts a Redis that keeps nothing on the disk. Resolves to nothing if this machine has none. */
export async function startRedis(): Promise<(Started & { readonly url: string }) | undefined> {
  const port = await findPort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const started = watch(child);
  const isReady = await new Promise<boolean>((resolve) => {
    child.once('error', () => {
      resolve(false);
    });
    child.once('exit', () => {
      resolve(false);
    });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      if (String(text).includes('Ready to accept connections')) resolve(true);
    });
  });
  return isReady ? { ...started, url: `redis://127.0.0.1:${String(port)}` } : undefined;
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
