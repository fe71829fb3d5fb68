import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { readEntries, readExports } from '../docs/compiler.js';
import { listFiles, root } from '../docs/documents.js';
import { findAny } from '../support/findAny.js';
import { createProgram } from '../support/program.js';

const entries = readEntries().map(({ source }) => source);
const typeTests = listFiles('spec/types', '.types.ts');
const program = createProgram([...entries, ...typeTests]);
const checker = program.getTypeChecker();

/** What is called: functions, and `chunk`, which has some. */
const functions = entries.flatMap((entry) =>
  readExports(program, entry).filter(
    ({ symbol }) => symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable),
  ),
);

/** What is named below a node, whether it is imported under this name or another. */
function* findNamed(node: ts.Node): Generator<ts.Symbol> {
  if (ts.isIdentifier(node)) {
    const symbol = checker.getSymbolAtLocation(node);
    // An import is another symbol than what it imports.
    const isAlias = symbol && symbol.flags & ts.SymbolFlags.Alias;
    if (symbol) yield isAlias ? checker.getAliasedSymbol(symbol) : symbol;
  }
  for (const child of node.getChildren()) yield* findNamed(child);
}

const statements = typeTests
  .flatMap((file) => program.getSourceFile(path.join(root, file))?.statements ?? [])
  .filter((statement) => !ts.isImportDeclaration(statement));
const isRefused = (statement: ts.Statement) =>
  /^\s*\/\/ @ts-expect-error/m.test(statement.getFullText());
const accepted = new Set(
  statements.filter((each) => !isRefused(each)).flatMap((each) => [...findNamed(each)]),
);
const refused = new Set(statements.filter(isRefused).flatMap((each) => [...findNamed(each)]));

describe('the type tests', () => {
  it('know every public function', () => {
    expect(functions.length).toBeGreaterThan(30);
    const unknown = functions.filter(({ symbol }) => !accepted.has(symbol));
    expect(unknown.map(({ name }) => name)).toEqual([]);
  });

  it('have a call that is refused, for every public function', () => {
    const unrefused = functions.filter(({ symbol }) => !refused.has(symbol));
    expect(unrefused.map(({ name }) => name)).toEqual([]);
  });
});

describe('the public types', () => {
  it.each(entries)('say what everything is, without any, in %s', (entry) => {
    expect(findAny(program, entry)).toEqual([]);
  });
});

describe('an any', () => {
  const seeds = {
    'export declare function f(x: any): void;': 'f(x)',
    'export declare function f(): any;': 'f()',
    'export declare function f(): Promise<readonly any[]>;': 'f()<><>',
    'export declare function f<T extends Set<any>>(x: T): T;': 'f<> T<>',
    'export declare function f<T = any>(): T;': 'f<> T',
    'export declare function f(x: { done(y: any): void }): void;': 'f(x).done(y)',
    'export declare function f(x: unknown): x is any[];': 'f is<>',
    'export const f = () => JSON.parse("1");': 'f()',
    'export const f = { g: { h: (x: any) => String(x) } };': 'f.g.h(x)',
    'export interface F { readonly a?: any }': 'F.a',
    'export type F<T> = T extends string ? any : T;': 'F?',
    'export type F<T> = { [K in keyof T]: any };': 'F[]',
    'export declare class F { constructor(x: any); }': 'F(x)',
    "import type { Nothing } from './nowhere.js';\nexport type F = Nothing | string;": 'F',
  };

  const files = Object.entries(seeds).map(([text, place], i) => ({
    file: `lib/seed${String(i)}.ts`,
    text,
    place,
  }));
  const sound = 'lib/sound.ts';
  const seeded = createProgram([], {
    ...Object.fromEntries(files.map(({ file, text }) => [file, text])),
    [sound]: 'export declare function f<T extends Set<unknown>>(x: Iterable<T>): [x?: T];',
  });

  it.each(files)('in `$text` would be found', ({ file, place }) => {
    expect(findAny(seeded, file)).toContain(place);
  });

  it('would not be found where there is none', () => {
    expect(findAny(seeded, sound)).toEqual([]);
  });
});
