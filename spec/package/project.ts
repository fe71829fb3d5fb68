import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const REPOSITORY = join(__dirname, '../..');

/** What the package needs, as it is installed here: the test asks no registry. */
const NEEDED = ['rxjs', 'tslib', 'ollama', 'whatwg-fetch', '@standard-schema/spec'];

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** A user's project with the packed package in it, and spec/consumers/consumer.ts in three forms. */
export interface Project {
  readonly folder: string;
  /** The files of the package. */
  readonly shipped: readonly string[];
  /** Runs a command in the project; gives what it printed, also when it failed. */
  run(command: string, ...args: string[]): Promise<string>;
  /** Compiles strictly, the declarations of all packages included; gives what the compiler said. */
  compile(compiler: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

const execute = promisify(execFile);

/** Makes the project in a folder of its own. */
export async function createProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'rxjs-ollama-'));
  const { stdout } = await execute(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder].concat(
      '.',
      NEEDED.map((name) => `./node_modules/${name}`),
    ),
    { cwd: REPOSITORY, maxBuffer: 2 ** 26 },
  );
  const packed = JSON.parse(stdout) as Packed[];
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  await execute(
    'npm',
    ['install', '--offline', '--no-audit', ...packed.map(({ filename }) => `./${filename}`)],
    { cwd: folder },
  );
  for (const extension of ['ts', 'mts', 'cts']) {
    const consumer = join(REPOSITORY, 'spec/consumers/consumer.ts');
    await copyFile(consumer, join(folder, `consumer.${extension}`));
  }

  const run = async (command: string, ...args: string[]): Promise<string> => {
    try {
      return (await execute(command, args, { cwd: folder })).stdout;
    } catch (error) {
      const { stdout: out, stderr } = error as { stdout: string; stderr: string };
      return out + stderr;
    }
  };

  return {
    folder,
    shipped: packed[0]?.files.map(({ path }) => path) ?? [],
    run,
    compile(compiler, ...args) {
      const tsc = join(REPOSITORY, 'node_modules', compiler, 'bin/tsc');
      const strict = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022'];
      return run(process.execPath, tsc, ...strict, ...args);
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
