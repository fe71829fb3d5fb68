import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { expectTable } from '../support/matrix.js';
import { readDocument, root } from './documents.js';

const { text } = readDocument('docs/performance.md');

/** The rows of the first table below a heading, or of the first one on the page. */
function readTable(heading: string): string[][] {
  const [, below = ''] = `\n${text}`.split(`\n${heading}\n`);
  const [table = ''] = /^\|(?:.*\n\|)*.*$/m.exec(below) ?? [];
  return table.split('\n').map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

/** The ratio of each contestant, and its spread. */
function readRatios(heading: string): string[] {
  const [head = [], , ...rows] = readTable(heading);
  const at = head.indexOf('ratio');
  return [
    'rxjs-ollama',
    'ollama, bare loop',
    'ai (Vercel)',
    '@langchain/ollama',
    '@tanstack/ai',
  ].map((name) => {
    const row = rows.find(([first]) => first === name) ?? [];
    return `${row[at] ?? ''} (${row[at + 1] ?? ''})`;
  });
}

/** A row of the summary, which compares this library with the official client. */
function readSummary(what: string): string[] {
  const row = readTable('# Performance').find(([first]) => first?.startsWith(what)) ?? [];
  return [`${row[1] ?? ''} (${row[2] ?? ''})`, '1.00', '–', '–', '–'];
}

describe('the comparison', () => {
  it('has the figures of the page on performance', () => {
    const rows = [
      ['a chunk, lines in bulk', ...readRatios('## A chunk, from the socket to the consumer')],
      [
        'the same, with all that a chat needs',
        ...readRatios('## A chunk, with everything a chat needs'),
      ],
      ['a chunk, 100 streams, one line per read', ...readSummary('one line per read, 100 streams')],
      ['a chat, left at its first chunk', ...readSummary('a chat that is opened and left')],
    ];
    for (const [what, ours] of rows) {
      expect([what, ours]).toEqual([
        what,
        expect.stringMatching(/^\d+\.\d+ \(\d+\.\d+–\d+\.\d+\)$/),
      ]);
    }
    expectTable(
      'speed',
      ['CPU of', 'rxjs-ollama', 'ollama', 'AI SDK', '@langchain/ollama', '@tanstack/ai'],
      rows,
      path.join(root, 'docs/compare.md'),
    );
  });
});
