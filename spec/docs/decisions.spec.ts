import path from 'node:path';
import { expect, it } from '@jest/globals';
import { listFiles, readDocument } from './documents.js';

it('docs/decisions/README.md lists each decision once, by its number and its title', () => {
  const rows = readDocument('docs/decisions/README.md').text.matchAll(
    /^\| \[(\d{4})\]\(([^)]*)\) +\| (.*?) +\|$/gm,
  );
  const listed = Array.from(rows, ([, number, file, title]) => ({ number, file, title }));
  const files = listFiles('docs/decisions', '.md').filter((file) => !file.endsWith('README.md'));
  const decisions = files.sort().map((file) => {
    const name = path.basename(file);
    const title = /^# (?:\d+[.:]? )?(.*)$/m.exec(readDocument(file).text)?.[1];
    return { number: name.slice(0, 4), file: name, title };
  });
  expect(listed).toEqual(decisions);
});
