import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const root = path.resolve(__dirname, '../..');

/** What the compiler says of the entries, and of the type tests, against a version of Angular. */
function compile(core: string): { readonly version: string; readonly faults: string[] } {
  const config = ts.getParsedCommandLineOfConfigFile(
    path.join(root, 'tsconfig.test.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  const folder = path.join(root, 'node_modules', core);
  const options: ts.CompilerOptions = {
    ...config?.options,
    paths: { ...config?.options.paths, '@angular/core': [folder] },
  };
  const files = ['lib/angular/index.ts', 'lib/angular/testing/index.ts'];
  const program = ts.createProgram(
    [...files, 'spec/types/angular.types.ts'].map((file) => path.join(root, file)),
    options,
  );
  const loaded = program.getSourceFiles().map(({ fileName }) => fileName);
  expect(loaded.some((file) => file.startsWith(`${folder}/`))).toBe(true);
  const manifest = readFileSync(path.join(folder, 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  return {
    version,
    faults: ts
      .getPreEmitDiagnostics(program)
      .map(({ file, messageText }) =>
        [file?.fileName, ts.flattenDiagnosticMessageText(messageText, '\n')].join(': '),
      ),
  };
}

// 22.2 is what all other specs are compiled against.
describe('the types, strict and with exact optional properties', () => {
  it.each([
    ['angular-core-20', /^20\.3\./],
    ['angular-core-21', /^21\.2\./],
  ])('compile against %s', (core, expected) => {
    const { version, faults } = compile(core);
    expect(version).toMatch(expected);
    expect(faults).toEqual([]);
  });
});
