import path from 'node:path';
import ts from 'typescript';
import { readOptions } from '../docs/compiler.js';
import { root } from '../docs/documents.js';

/** Checks files of the repository, named from its root; `texts` are files that need not be there. */
export function createProgram(
  files: readonly string[],
  texts: Readonly<Record<string, string>> = {},
): ts.Program {
  const options = readOptions();
  const host = ts.createCompilerHost(options);
  const own = new Map(Object.entries(texts).map(([file, text]) => [path.join(root, file), text]));
  const names = [...files, ...Object.keys(texts)].map((file) => path.join(root, file));
  return ts.createProgram(names, options, {
    ...host,
    fileExists: (file) => own.has(file) || host.fileExists(file),
    getSourceFile: (file, target, ...rest) => {
      const text = own.get(file);
      return text === undefined
        ? host.getSourceFile(file, target, ...rest)
        : ts.createSourceFile(file, text, target);
    },
  });
}
