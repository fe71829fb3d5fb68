import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { REPOSITORY, createProject, type Project } from './project.js';

const GUIDE = join(REPOSITORY, 'spec/guide');
// Its exports leave out the command.
const VITEST = join(REPOSITORY, 'node_modules/vitest/vitest.mjs');

let project: Project;
let compiled: string;

const run = (command: string, ...args: string[]): Promise<string> => project.run(command, ...args);

beforeAll(async () => {
  project = await createProject();
  compiled = await project.compile(
    'typescript',
    ...['--module', 'nodenext', '--moduleResolution', 'nodenext'],
    ...['consumer.mts', 'consumer.cts'],
  );
});

afterAll(() => project.remove());

describe('the package', () => {
  it('ships the build of each source file, and nothing else', async () => {
    const sources = await readdir(join(REPOSITORY, 'lib'), { recursive: true });
    const built = sources
      .filter((path) => path.endsWith('.ts'))
      .map((path) => path.slice(0, -'.ts'.length))
      // Angular's packages are ES modules only, and so is what needs them.
      .flatMap((path) =>
        (path.startsWith('angular/') ? ['esm'] : ['esm', 'cjs']).map(
          (format) => `dist/${format}/${path}`,
        ),
      )
      .flatMap((path) => [`${path}.js`, `${path}.d.ts`]);
    const others = [
      'package.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'dist/cjs/package.json',
    ];
    expect([...project.shipped].sort()).toEqual([...built, ...others].sort());
  });

  it('compiles in a strict program with the resolution of Node', () => {
    expect(compiled).toBe('');
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
      await copyFile(join(GUIDE, file), join(project.folder, file));
    }
    // It needs no installation in the project, since it resolves its own name.
    const report = await run('node', VITEST, 'run', '--reporter', 'json', '--root', project.folder);
    expect(JSON.parse(report)).toMatchObject({
      success: true,
      numTotalTests: 4,
      testResults: [{ name: expect.stringContaining('answerEvents.test.ts') }],
    });
  });

  it('tests a stream in virtual time with the runner of Node', async () => {
    await copyFile(join(__dirname, 'runner.mjs'), join(project.folder, 'runner.mjs'));
    const report = await run('node', '--test', '--test-reporter', 'tap', 'runner.mjs');
    expect(report).toMatch(/^# tests 1$/m);
    expect(report).toMatch(/^# pass 1$/m);
  });

  it.each(['rxjs-ollama', 'rxjs-ollama/testing'])(
    'needs nothing of Node when a browser bundle takes in %s',
    async (entry) => {
      // For this platform a module of Node can't be resolved, which fails the build.
      const { metafile } = await build({
        stdin: { contents: `export * from '${entry}';`, resolveDir: project.folder },
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

  describe('rxjs-ollama/node, for a worker that has no modules of Node', () => {
    it('imports none before they are needed', async () => {
      const { metafile } = await build({
        stdin: { contents: `export * from 'rxjs-ollama/node';`, resolveDir: project.folder },
        bundle: true,
        platform: 'browser',
        external: ['node:*'],
        format: 'esm',
        metafile: true,
        write: false,
      });
      const [bundle] = Object.values(metafile.outputs);
      expect(bundle?.exports).toContain('httpFetch');
      expect(bundle?.imports.map(({ path, kind }) => `${kind} ${path}`).sort()).toEqual([
        'dynamic-import node:http',
        'dynamic-import node:https',
        'dynamic-import node:stream/promises',
      ]);
    });

    it('requires none before they are needed', async () => {
      const program = `
        const loaded = [];
        const { _load } = require('node:module');
        require('node:module')._load = function (name, ...rest) {
          loaded.push(name);
          return _load.call(this, name, ...rest);
        };
        const { httpFetch } = require('rxjs-ollama/node');
        console.log(typeof httpFetch, loaded.filter((name) => name.startsWith('node:')).length);`;
      expect(await run('node', '-e', program)).toBe('function 0\n');
    });

    it.each([
      ['require', "Promise.resolve(require('rxjs-ollama/node'))"],
      ['import', "import('rxjs-ollama/node')"],
    ])('still fetches where there are: %s', async (_, load) => {
      const program = `
        const server = require('node:http').createServer((request, response) => request.pipe(response));
        server.listen(0, '127.0.0.1', async () => {
          const { httpFetch } = await ${load};
          const url = 'http://127.0.0.1:' + server.address().port;
          const stream = new Blob(['streamed']).stream();
          for (const body of ['text', stream]) {
            const response = await httpFetch(url, { method: 'POST', body, duplex: 'half' });
            console.log(await response.text());
          }
          const refused = await httpFetch('https://127.0.0.1:9').catch(({ cause }) => cause.code);
          console.log(refused);
          server.close();
          server.closeAllConnections();
        });`;
      expect(await run('node', '-e', program)).toBe('text\nstreamed\nECONNREFUSED\n');
    });
  });
});
