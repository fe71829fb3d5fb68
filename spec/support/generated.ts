import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';

/**
 * Expects that a file says what the specs made of the code. With `UPDATE_DOCS=1` it is written
 * instead.
 */
export function expectFile(file: string, text: string): void {
  if (process.env['UPDATE_DOCS']) writeFileSync(file, text);
  else expect(readFileSync(file, 'utf8')).toBe(text);
}

/** A Markdown table, aligned as prettier would. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(3, ...rows.map((row) => (row[at] ?? '').length)),
  );
  const toLine = (cells: readonly string[], filler = ' ') =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width, filler)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [toLine(head), toLine([], '-'), ...body.map((row) => toLine(row))].join('\n');
}
