import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './documents.js';

interface Format {
  readonly types: string;
}

interface Manifest {
  /** An entry has both formats, or ES modules only. */
  readonly exports: Readonly<Record<string, Format | { readonly import: Format }>>;
}

/** What can be imported from the package. */
export interface Entry {
  /** As it is imported. */
  readonly name: string;
  /** From the root of the repository. */
  readonly source: string;
  readonly declarations: string;
}

/** A name that an entry exports, and what it stands for. */
export interface Export {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly declaration: ts.Declaration;
}

/** All entries, as package.json tells. */
export function readEntries(): Entry[] {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
  return Object.entries(manifest.exports).map(([name, formats]) => {
    const { types } = 'import' in formats ? formats.import : formats;
    return {
      name: path.join('rxjs-ollama', name),
      source: types.replace('./dist/esm/', 'lib/').replace(/\.d\.ts$/, '.ts'),
      declarations: types,
    };
  });
}

/** How the specs are compiled, with the package's entries standing for their sources. */
export function readOptions(): ts.CompilerOptions {
  const file = path.join(root, 'tsconfig.test.json');
  const config = ts.getParsedCommandLineOfConfigFile(
    file,
    { noUnusedLocals: false },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  const paths = Object.fromEntries(
    readEntries().map(({ name, source }) => [name, [`./${source}`]]),
  );
  return { ...config?.options, paths, lib: ['lib.esnext.d.ts', 'lib.dom.d.ts'] };
}

/** What a module exports, in the order of its exports. */
export function readExports(program: ts.Program, file: string): Export[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path.join(root, file));
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} is no module: is it built?`);
  return checker.getExportsOfModule(module).map((exported) => {
    const isAlias = exported.flags & ts.SymbolFlags.Alias;
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.declarations?.[0];
    if (!declaration) throw new Error(`${exported.name} is declared nowhere.`);
    return { name: exported.name, symbol, declaration };
  });
}

/** The file that something is declared in, from the root of the repository. */
export const getFile = (declaration: ts.Declaration): string =>
  path.relative(root, declaration.getSourceFile().fileName);
