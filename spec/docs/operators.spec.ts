import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { listFiles, readDocument, root } from './documents.js';
import { STEPS, findMissing } from './steps.js';

const { text } = readDocument('docs/contributing.md');

describe('the steps of docs/contributing.md', () => {
  describe.each(['operators', 'sources'] as const)('for %s', (room) => {
    const names = listFiles(`lib/${room}`, '.ts').map((file) => path.basename(file, '.ts'));

    it.each(names)('have all been taken for %s', (name) => {
      expect(findMissing(root, name, room)).toEqual([]);
    });

    it('would be missed, each by its number, for one that is not there', () => {
      const numbers = findMissing(root, 'mapChat', room).map((line) =>
        Number(/step (\d)/.exec(line)?.[1]),
      );
      expect([...new Set(numbers)]).toEqual([1, 2, 3, 4, 5, 6, 7]);
    });
  });

  it('are those that stand there', () => {
    const [walk = ''] = text.split('\n## Add a source\n');
    const titles = Array.from(walk.matchAll(/^\d\. \*\*(.*?)\*\*/gm), ([, title]) => title);
    expect(titles).toEqual(STEPS.map(({ title }) => title));
  });

  it('name files that are there', () => {
    const files = Array.from(
      text.matchAll(/`((?:lib|spec|docs|bench)\/[\w./]+)`/g),
      ([, file]) => file,
    );
    const named = files.filter((file) => !file?.includes('NAME'));
    expect(named.length).toBeGreaterThan(12);
    expect(named.filter((file) => !existsSync(path.join(root, file ?? '')))).toEqual([]);
  });
});
