import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(__dirname, '../..');
const OUT = join(ROOT, '.cache/servers');

/** A process that is a server, and what it sent when it was ready. */
export interface Child<T> {
  readonly process: ChildProcess;
  readonly ready: T;
}

/**
 * Bundles a program with the sources of this library. Nest and others are ES modules, which jest can't load.
 *
 * @param entry its path, from this folder
 * @returns the file to start
 */
export async function bundle(entry: string): Promise<string> {
  mkdirSync(OUT, { recursive: true });
  const outfile = join(OUT, `${basename(entry, '.ts')}.mjs`);
  await build({
    entryPoints: [join(__dirname, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: {
      'rxjs-ollama/node': join(ROOT, 'lib/node/index.ts'),
      'rxjs-ollama/redis': join(ROOT, 'lib/redis/index.ts'),
      'rxjs-ollama/testing/node': join(ROOT, 'lib/testing/node/index.ts'),
      'rxjs-ollama': join(ROOT, 'lib/index.ts'),
    },
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    logLevel: 'error',
  });
  return outfile;
}

/** Starts a bundled program, which sends one message when it is ready, and ends with its parent. */
export async function startChild<T>(
  file: string,
  env: Readonly<Record<string, string>>,
  execArgv: readonly string[] = [],
): Promise<Child<T>> {
  const child = fork(file, {
    execArgv: [...execArgv],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  return { process: child, ready: await receive<T>(child) };
}

/** The next message of a process. Rejects if it ends before. */
export async function receive<T>(child: ChildProcess): Promise<T> {
  const message = once(child, 'message').then(([value]) => value as T);
  const exit = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with ${String(code ?? signal)}.`);
  });
  exit.catch(() => undefined);
  return Promise.race([message, exit]);
}
