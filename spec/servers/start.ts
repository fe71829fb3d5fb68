import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ports } from './bridges.js';
import { findPort } from './findPort.js';
import { bundle, receive, startChild } from './startChild.js';

/** The process with the gateways. */
export interface Gateways {
  readonly ports: Ports;
  /** What it uses after a garbage collection: heap and buffers, in bytes. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts all gateways in front of an Ollama. */
export async function startGateways(ollama: string): Promise<Gateways> {
  const file = await bundle('gateways.ts');
  const { process: child, ready } = await startChild<{ ports: Ports }>(
    file,
    { OLLAMA_HOST: ollama },
    ['--expose-gc'],
  );
  return {
    ports: ready.ports,
    async memory() {
      child.send('memory');
      return (await receive<{ memory: number }>(child)).memory;
    },
    async stop() {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}

/** nginx in front of the gateways: a port for each, by HTTP/1.1 and by HTTP/2. */
export interface Nginx {
  /** As it comes: nothing is set but where the gateway is. */
  readonly plain: Ports;
  readonly http2: Ports;
  /** With `gzip`, for all types and lengths. */
  readonly gzip: Ports;
  /** A silent gateway is cut off after a second. */
  readonly impatient: Ports;
  stop(): Promise<void>;
}

const KINDS = {
  plain: ['', ''],
  http2: ['http2', ''],
  gzip: ['', 'gzip on; gzip_types *; gzip_min_length 0;'],
  impatient: ['', 'proxy_read_timeout 1s;'],
} as const;

export async function startNginx(gateways: Ports): Promise<Nginx> {
  const names = Object.keys(gateways) as (keyof Ports)[];
  const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];
  const entries = await Promise.all(
    kinds.map(async (kind) => {
      const ports = await Promise.all(names.map(async (name) => [name, await findPort()] as const));
      return [kind, Object.fromEntries(ports) as Ports] as const;
    }),
  );
  const ports = Object.fromEntries(entries) as Record<keyof typeof KINDS, Ports>;
  const servers = kinds.flatMap((kind) =>
    names
      // nginx speaks no HTTP/2 to a gateway.
      .filter((name) => name !== 'http2')
      .map((name) => {
        const [protocol, settings] = KINDS[kind];
        return `server {
  listen 127.0.0.1:${String(ports[kind][name])} ${protocol};
  ${settings}
  location / { proxy_pass http://127.0.0.1:${String(gateways[name])}; }
}`;
      }),
  );
  const stop = await launchNginx(servers.join('\n'), ports.impatient.nestFastify);
  return { ...ports, stop };
}

/**
 * Starts nginx, and returns a function that stops it.
 *
 * @param http what stands inside `http { }`
 * @param port one on which it listens then
 * @throws if there is no nginx: `apt-get install nginx`
 */
export async function launchNginx(http: string, port: number): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'rxjs-ollama-nginx-'));
  const logs = join(folder, 'error.log');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${logs} notice;
events {}
http {
access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
${http}
}`,
  );
  const binary = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find(existsSync) ?? 'nginx';
  const child = spawn(binary, ['-p', folder, '-c', 'nginx.conf', '-e', logs], { stdio: 'inherit' });
  const died = once(child, 'exit').then(([code]) => {
    throw new Error(`nginx ended with ${String(code)}: see ${logs}.`);
  });
  died.catch(() => undefined);
  await Promise.race([waitForPort(port), died]);
  return async () => {
    const exit = once(child, 'exit');
    child.kill();
    await exit;
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Connects until nginx listens: it does not say when it does. */
async function waitForPort(port: number): Promise<void> {
  for (;;) {
    const isOpen = await fetch(`http://127.0.0.1:${String(port)}/`, { method: 'HEAD' }).then(
      () => true,
      () => false,
    );
    if (isOpen) return;
  }
}
