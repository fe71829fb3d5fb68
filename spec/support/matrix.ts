import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectFile, renderTable } from './generated.js';

const FILE = join(__dirname, '../../docs/reliability.md');

/** Expects that a place of a page says this. */
export function expectBlock(name: string, text: string, file: string): void {
  const place = new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=<!-- /${name} -->)`);
  const docs = readFileSync(file, 'utf8');
  if (!place.test(docs)) throw new Error(`There is no place for ${name}.`);
  expectFile(
    file,
    docs.replace(place, () => `\n${text}\n\n`),
  );
}

/** Expects that a table of a page, by default docs/reliability.md, says what the specs saw. */
export function expectTable(
  name: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  file = FILE,
): void {
  expectBlock(name, renderTable([head, ...rows]), file);
}
