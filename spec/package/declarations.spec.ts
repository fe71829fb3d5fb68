import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { readEntries, readExports, type Export } from '../docs/compiler.js';
import { readComment } from '../docs/tsdoc.js';
import { createProgram } from '../support/program.js';

const entries = readEntries();
const program = createProgram(entries.map(({ declarations }) => declarations));
const checker = program.getTypeChecker();

const isExplained = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some((declaration) => readComment(declaration).summary);

/** Names of options, with that of the interface that they belong to. */
function findOptions({ name, symbol }: Export): [string, ts.Symbol][] {
  if (!name.endsWith('Options')) return [];
  const options = checker.getDeclaredTypeOfSymbol(symbol).getProperties();
  return options.map((option) => [`${name}.${option.name}`, option]);
}

// What is published loses comments where an overload or an inferred type takes the place of the code.
describe.each(entries)('the built declarations of $name', ({ declarations }) => {
  const exported = readExports(program, declarations);
  const functions = exported.filter(({ symbol }) => symbol.flags & ts.SymbolFlags.Function);

  it('explain every name', () => {
    expect(exported).not.toEqual([]);
    const silent = exported.filter(({ symbol }) => !isExplained(symbol));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('explain every option', () => {
    const silent = exported.flatMap(findOptions).filter(([, option]) => !isExplained(option));
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it('say of every function what it is like', () => {
    const silent = functions.filter(({ declaration }) => !readComment(declaration).analogy);
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('show every function in an example', () => {
    const silent = functions.filter(({ declaration }) => !readComment(declaration).examples.length);
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});

describe('a name without a comment', () => {
  it('would be found', () => {
    const file = 'lib/seed.ts';
    const seeded = createProgram([], { [file]: 'export declare const silent: number;' });
    expect(readExports(seeded, file).map(({ symbol }) => isExplained(symbol))).toEqual([false]);
  });
});
