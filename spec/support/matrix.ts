import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';

const FILE = join(__dirname, '../../docs/reliability.md');

/** A Markdown table, aligned as prettier would. */
function render(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(3, ...rows.map((row) => (row[at] ?? '').length)),
  );
  const toLine = (cells: readonly string[], filler = ' ') =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width, filler)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [toLine(head), toLine([], '-'), ...body.map((row) => toLine(row))].join('\n');
}

/**
 * Expects that a table of docs/reliability.md says what the specs saw. With `UPDATE_DOCS=1` the table
 * is written instead.
 */
export function expectTable(
  name: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const place = new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=<!-- /${name} -->)`);
  const docs = readFileSync(FILE, 'utf8');
  const current = `\n${render([head, ...rows])}\n\n`;
  if (process.env['UPDATE_DOCS'])
    writeFileSync(
      FILE,
      docs.replace(place, () => current),
    );
  else expect(place.exec(docs)?.[0]).toBe(current);
}
