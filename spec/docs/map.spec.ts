import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { listFiles, readDocument } from './documents.js';

/** Pages of one value or one decision, which have an index of their own. */
const INDEXED =
  /^docs\/(api|operators|sources|tools|conversation|angular|errors|node|mcp|otel|redis|testing|decisions)\//;

describe('the map of the documentation', () => {
  const { text } = readDocument('docs/README.md');
  const linked = Array.from(text.matchAll(/\]\(([^)#]+)\)/g), ([, link = '']) =>
    path.join('docs', link),
  );

  it('leads to every page', () => {
    const pages = listFiles('docs', '.md').filter((file) => !INDEXED.test(file));
    const missing = pages.filter((file) => !linked.includes(file) && file !== 'docs/README.md');
    expect(missing).toEqual([]);
  });

  it('has one line per page', () => {
    const lines = text.split('\n').filter((line) => line.startsWith('- '));
    for (const line of lines) expect(line.match(/\]\(/g)).toHaveLength(1);
    const links = lines.map((line) => /\]\(([^)]+)\)/.exec(line)?.[1]);
    expect(new Set(links).size).toBe(links.length);
  });
});
