import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { listFiles, readDocument, root } from './documents.js';
import { STEPS, findMissing } from './steps.js';

const operators = listFiles('lib/operators', '.ts').map((file) => path.basename(file, '.ts'));

describe('the steps of docs/contributing.md', () => {
  it.each(operators)('have all been taken for %s', (name) => {
    expect(findMissing(root, name)).toEqual([]);
  });

  it('would be missed, each by its number, for an operator that is not there', () => {
    const numbers = findMissing(root, 'mapChat').map((line) => Number(/step (\d)/.exec(line)?.[1]));
    expect([...new Set(numbers)]).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('are those that are told there', () => {
    const { text } = readDocument('docs/contributing.md');
    const told = Array.from(text.matchAll(/^\d\. \*\*(.*?)\*\*/gm), ([, title]) => title);
    expect(told).toEqual(STEPS.map(({ title }) => title));
  });
});
