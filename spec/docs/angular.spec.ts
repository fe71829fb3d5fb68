import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { expectFile } from '../support/generated.js';
import { listFiles, readDocument, root } from './documents.js';

/** A block that shows a whole file, which is named after its language. */
const SHOWN = /(?<=^```ts (spec\/angular\/guide\/\S+)\n)[^]*?(?=^```$)/gm;
const pages = ['docs/start/angular.md', ...listFiles('docs/guide/angular', '.md')];

describe('the guides to Angular', () => {
  it.each(pages)('show in %s the code as it is compiled and run', (file) => {
    const current = readDocument(file).text.replace(SHOWN, (_, shown: string) =>
      readFileSync(path.join(root, shown), 'utf8'),
    );
    expectFile(path.join(root, file), current);
  });

  it('have a spec for each code that they show', () => {
    const shown = pages.flatMap((file) =>
      Array.from(readDocument(file).text.matchAll(SHOWN), ([, name = '']) => name),
    );
    const code = listFiles('spec/angular/guide', '.ts').filter(
      (file) => !file.endsWith('.spec.ts'),
    );
    expect(shown.filter((file) => !file.endsWith('.spec.ts')).sort()).toEqual(code.sort());
    const specs = code.map((file) => file.replace(/\.ts$/, '.spec.ts'));
    expect(listFiles('spec/angular/guide', '.spec.ts')).toEqual(expect.arrayContaining(specs));
  });
});
