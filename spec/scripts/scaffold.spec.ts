import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { root } from '../docs/documents.js';
import { findMissing } from '../docs/steps.js';
import { createProgram } from '../support/program.js';

const CHANGED = ['lib/index.ts', 'CHANGELOG.md', 'docs/choose.yml'];

let folder: string;

function runNode(...args: readonly string[]) {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
}

const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'scaffold-'));
  for (const file of [...CHANGED, '.prettierrc.json']) {
    cpSync(path.join(root, file), path.join(folder, file), { recursive: true });
  }
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe.each([
  ['new:operator', 'scripts/newOperator.mjs', 'operators'],
  ['new:source', 'scripts/newSource.mjs', 'sources'],
] as const)('npm run %s', (command, script, room) => {
  const created = [
    `lib/${room}/doubleChat.ts`,
    `spec/${room}/doubleChat.spec.ts`,
    'spec/types/doubleChat.types.ts',
  ];
  const runScript = (...args: readonly string[]) => runNode(path.join(root, script), ...args);
  const find = () => findMissing(folder, 'doubleChat', room);

  it('is a script of the package', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    expect(scripts[command]).toBe(`node ${script}`);
  });

  it('makes all that is not made of something else', () => {
    expect(find()).toHaveLength(9);
    expect(runScript('doubleChat')).toMatchObject({ status: 0, stderr: '' });
    expect(find()).toEqual([
      expect.stringContaining('step 5, The diagram: docs/diagrams/doubleChat.svg'),
      expect.stringContaining(`step 6, The page: docs/${room}/doubleChat.md`),
    ]);
  });

  it('makes files that compile, with all that the package exports', () => {
    runScript('doubleChat');
    const files = [...created, 'lib/index.ts'];
    const program = createProgram([], Object.fromEntries(files.map((file) => [file, read(file)])));
    const errors = files
      .map((file) => program.getSourceFile(path.join(root, file)))
      .flatMap((file) => ts.getPreEmitDiagnostics(program, file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(errors).toEqual([]);
  });

  it('makes files that are formatted, and leaves those formatted that it changes', () => {
    runScript('doubleChat');
    const prettier = path.join(root, 'node_modules/prettier/bin/prettier.cjs');
    expect(runNode(prettier, '--check', ...created, ...CHANGED)).toMatchObject({ status: 0 });
  });

  it('puts the export among those of its kind, in their order', () => {
    runScript('doubleChat');
    const exported = Array.from(
      read('lib/index.ts').matchAll(new RegExp(`/${room}/(\\w+)\\.js`, 'g')),
    );
    const names = exported.map(([, name]) => name);
    expect(names).toContain('doubleChat');
    expect(names).toEqual([...names].sort());
  });

  it.each(['', 'DoubleChat', 'double-chat', 'double_chat', '2chat', '../doubleChat'])(
    'refuses "%s", which is not in camelCase',
    (name) => {
      const { status, stderr } = runScript(name);
      expect(status).toBe(1);
      expect(stderr).toContain(`"${name}" is not in camelCase.`);
      expect(read('lib/index.ts')).toBe(readFileSync(path.join(root, 'lib/index.ts'), 'utf8'));
    },
  );

  it.each(['answerText', 'fromOllamaChat', 'backoff'])('refuses %s, which is there', (name) => {
    const { status, stderr } = runScript(name);
    expect(status).toBe(1);
    expect(stderr).toContain(`There is a ${name} already.`);
  });

  it('refuses to write over a file that exists', () => {
    runScript('doubleChat');
    cpSync(path.join(root, 'lib/index.ts'), path.join(folder, 'lib/index.ts'));
    const { status, stderr } = runScript('doubleChat');
    expect(status).toBe(1);
    expect(stderr).toContain(`There is a lib/${room}/doubleChat.ts already.`);
  });

  it('writes nothing if there is a place that it does not find', () => {
    writeFileSync(path.join(folder, 'CHANGELOG.md'), '# Changelog\n\n## 1.0.0\n');
    const { status, stderr } = runScript('doubleChat');
    expect(status).toBe(1);
    expect(stderr).toContain('CHANGELOG.md has no place');
    expect(find()).toHaveLength(9);
  });
});
