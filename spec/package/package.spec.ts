import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';

const REPOSITORY = join(__dirname, '../..');
const GUIDE = join(REPOSITORY, 'spec/guide');
const TSC = require.resolve('typescript/bin/tsc');

/** Compilers that users have, by what they are installed as, and the resolutions that each one knows. */
const COMPILERS = [
  ['typescript-5.4', ['node10', 'node16', 'bundler']],
  ['typescript-5.9', ['node10', 'node16', 'nodenext', 'bundler']],
  ['typescript', ['node16', 'nodenext', 'bundler']],
  ['typescript-7', ['node16', 'nodenext', 'bundler']],
] as const;
/** What each resolution is used with, and the kinds of files that it is used for. */
const RESOLUTIONS = {
  node10: { module: 'commonjs', files: ['consumer.ts'] },
  node16: { module: 'node16', files: ['consumer.mts', 'consumer.cts'] },
  nodenext: { module: 'nodenext', files: ['consumer.mts', 'consumer.cts'] },
  bundler: { module: 'esnext', files: ['consumer.mts'] },
} as const;
// Its exports leave out the command.
const VITEST = join(REPOSITORY, 'node_modules/vitest/vitest.mjs');
/** What the package needs, as it is installed here: the test asks no registry. */
const NEEDED = ['rxjs', 'tslib', 'ollama', 'whatwg-fetch', '@standard-schema/spec'];

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

const execute = promisify(execFile);
let project: string;
let shipped: string[];
let compiled: string;

/** Runs a command in the user's project; gives what it printed, also when it failed. */
async function run(command: string, ...args: string[]): Promise<string> {
  try {
    return (await execute(command, args, { cwd: project })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}

/** Compiles files of the project, the peers' declarations included; gives what the compiler said. */
function compile(resolution: string, ...args: string[]): Promise<string> {
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022'];
  return run(process.execPath, TSC, ...strict, '--moduleResolution', resolution, ...args);
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'rxjs-ollama-'));
  const { stdout } = await execute(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', project].concat(
      '.',
      NEEDED.map((name) => `./node_modules/${name}`),
    ),
    { cwd: REPOSITORY, maxBuffer: 2 ** 26 },
  );
  const packed = JSON.parse(stdout) as Packed[];
  shipped = packed[0]?.files.map(({ path }) => path) ?? [];
  await writeFile(join(project, 'package.json'), '{ "private": true }');
  await execute(
    'npm',
    ['install', '--offline', '--no-audit', ...packed.map(({ filename }) => `./${filename}`)],
    { cwd: project },
  );
  for (const extension of ['ts', 'mts', 'cts']) {
    await copyFile(join(__dirname, 'consumer.ts'), join(project, `consumer.${extension}`));
  }
  compiled = await compile('nodenext', '--module', 'nodenext', 'consumer.mts', 'consumer.cts');
});

afterAll(() => rm(project, { recursive: true }));

describe('the package', () => {
  it('ships the build of each source file, and nothing else', async () => {
    const sources = await readdir(join(REPOSITORY, 'lib'), { recursive: true });
    const built = sources
      .filter((path) => path.endsWith('.ts'))
      .map((path) => path.slice(0, -'.ts'.length))
      .flatMap((path) => ['esm', 'cjs'].map((format) => `dist/${format}/${path}`))
      .flatMap((path) => [`${path}.js`, `${path}.d.ts`]);
    const others = [
      'package.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'dist/cjs/package.json',
    ];
    expect(shipped.sort()).toEqual([...built, ...others].sort());
  });

  it('compiles in a strict program with the resolution of Node', () => {
    expect(compiled).toBe('');
  });

  it.each(
    COMPILERS.flatMap(([compiler, resolutions]) =>
      resolutions.map((resolution) => [compiler, resolution] as const),
    ),
  )('compiles in a strict program of %s with the resolution %s', async (compiler, resolution) => {
    const { module, files } = RESOLUTIONS[resolution];
    const tsc = join(REPOSITORY, 'node_modules', compiler, 'bin/tsc');
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--noEmit'];
    const how = ['--module', module, '--moduleResolution', resolution];
    expect(await run(process.execPath, tsc, ...strict, ...how, ...files)).toBe('');
  });

  it.each(['mjs', 'cjs'])('streams a chat to its end from a %s program', async (format) => {
    const printed: unknown = JSON.parse(await run(process.execPath, `consumer.${format}`));
    expect(printed).toEqual({
      message: { role: 'assistant', content: 'Hello!', thinking: 'Polite.' },
      helpers: expect.arrayContaining(['chunk']),
    });
  });

  it.each(['dist/esm/index.js', 'dist/cjs/core/message.js', 'core/message.js', 'package.json'])(
    'refuses the deep import of %s',
    async (path) => {
      const refused = expect.stringContaining('ERR_PACKAGE_PATH_NOT_EXPORTED');
      expect(await run('node', '-e', `require('rxjs-ollama/${path}')`)).toEqual(refused);
      expect(await run('node', '-e', `import('rxjs-ollama/${path}')`)).toEqual(refused);
    },
  );

  it('tests a stream in virtual time with vitest, as the guide does', async () => {
    for (const file of ['answerEvents.ts', 'answerEvents.test.ts']) {
      await copyFile(join(GUIDE, file), join(project, file));
    }
    // It needs no installation in the project, since it resolves its own name.
    const report = await run('node', VITEST, 'run', '--reporter', 'json', '--root', project);
    expect(JSON.parse(report)).toMatchObject({
      success: true,
      numTotalTests: 4,
      testResults: [{ name: expect.stringContaining('answerEvents.test.ts') }],
    });
  });

  it('tests a stream in virtual time with the runner of Node', async () => {
    await copyFile(join(__dirname, 'runner.mjs'), join(project, 'runner.mjs'));
    const report = await run('node', '--test', '--test-reporter', 'tap', 'runner.mjs');
    expect(report).toMatch(/^# tests 1$/m);
    expect(report).toMatch(/^# pass 1$/m);
  });

  it.each(['rxjs-ollama', 'rxjs-ollama/testing'])(
    'needs nothing of Node when a browser bundle takes in %s',
    async (entry) => {
      // For this platform a module of Node can't be resolved, which fails the build.
      const { metafile } = await build({
        stdin: { contents: `export * from '${entry}';`, resolveDir: project },
        bundle: true,
        platform: 'browser',
        format: 'esm',
        metafile: true,
        write: false,
      });
      const [bundle] = Object.values(metafile.outputs);
      expect(bundle?.exports).not.toEqual([]);
      expect(bundle?.imports).toEqual([]);
    },
  );
});
