import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { expectFile } from '../support/generated.js';
import { listFiles, readDocument, root } from './documents.js';

const GUIDE = 'docs/guide/testing.md';
/** A block that shows a whole file, which is named after its language. */
const SHOWN = /(?<=^```ts (spec\/guide\/\S+)\n)[^]*?(?=^```$)/gm;

describe('the guide to testing', () => {
  const { text } = readDocument(GUIDE);

  it('shows the examples as they are compiled and run', () => {
    const current = text.replace(SHOWN, (_, file: string) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    expectFile(path.join(root, GUIDE), current);
  });

  it('shows each of them once', () => {
    const shown = Array.from(text.matchAll(SHOWN), ([, file]) => file);
    expect(shown.sort()).toEqual(listFiles('spec/guide', '.ts').sort());
  });
});
