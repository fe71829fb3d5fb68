import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { readOptions } from './compiler.js';
import { findCode, readPages, readSources, root, type CodeBlock } from './documents.js';

/** Compiles each block as a module of its own, and says what is wrong and where. */
function compile(blocks: readonly CodeBlock[]): string[] {
  const options = readOptions();
  const files = new Map(
    blocks.map((block, i) => [path.join(root, 'spec/docs', `example${String(i)}.ts`), block]),
  );
  const host = ts.createCompilerHost(options);
  const withBlocks: ts.CompilerHost = {
    ...host,
    fileExists: (file) => files.has(file) || host.fileExists(file),
    getSourceFile: (file, target, ...rest) => {
      const block = files.get(file);
      return block
        ? ts.createSourceFile(file, `${block.code}\nexport {};\n`, target)
        : host.getSourceFile(file, target, ...rest);
    },
  };
  const program = ts.createProgram([...files.keys()], options, withBlocks);
  return [...files].flatMap(([file, { place }]) => {
    const source = program.getSourceFile(file);
    return [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ].map(({ start = 0, messageText }) => {
      const line = source?.getLineAndCharacterOfPosition(start).line ?? 0;
      return `${place}, line ${String(line + 1)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  });
}

describe('every block of TypeScript', () => {
  const blocks = [...readPages(), ...readSources()].flatMap(findCode);

  it('is found, in pages and in comments', () => {
    const places = blocks.map(({ place }) => place.replace(/:\d+$/, ''));
    expect(places).toContain('README.md');
    expect(places).toContain('lib/operators/splitThinking.ts');
    expect(places.length).toBeGreaterThan(20);
  });

  it('compiles as it stands', () => {
    expect(compile(blocks)).toEqual([]);
  });

  it('is really compiled', () => {
    const wrong = {
      place: 'here:1',
      code: "import { answerText } from 'rxjs-ollama';\nanswerText(1);",
    };
    expect(compile([wrong])).toEqual([
      expect.stringMatching(/^here:1, line 2: Expected 0 arguments/),
    ]);
  });
});
