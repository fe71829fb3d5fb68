import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { expectBlock, expectTable } from '../support/matrix.js';
import { readDocument, root } from './documents.js';

const PAGE = path.join(root, 'docs/compare.md');
const performance = readDocument('docs/performance.md').text;

/** What `npm run bench -- --only compare` has written. */
const { date, machine, versions, facts } = JSON.parse(
  readFileSync(path.join(root, 'bench/results/compare.json'), 'utf8'),
) as {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string | number>>;
};

/** In the results, and on the page. */
const CONTESTANTS = {
  ours: 'rxjs-ollama',
  official: 'ollama',
  ai: 'AI SDK',
  langchain: 'LangChain',
  tanstack: 'TanStack',
};
type Contestant = keyof typeof CONTESTANTS;
const contestants = Object.entries(CONTESTANTS) as [Contestant, string][];

/** Without a fact, there is nothing but what a user writes. */
const readFact = (what: string, who: Contestant): string =>
  String(facts[`${what}: ${who}`] ?? 'by hand');

/** A row for each contestant, with what was found in a word or two: a table of sentences can't be read on a phone. */
const toRows = (
  whats: readonly string[],
  toWord: (fact: string, who: Contestant, what: string) => string,
): string[][] =>
  contestants.map(([who, name]) => [
    name,
    ...whats.map((what) => toWord(readFact(what, who), who, what)),
  ]);

/** The rows of the first table below a heading of the performance page, or of the first one on it. */
function readTable(heading: string): string[][] {
  const [, below = ''] = `\n${performance}`.split(`\n${heading}\n`);
  const [table = ''] = /^\|(?:.*\n\|)*.*$/m.exec(below) ?? [];
  return table.split('\n').map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

/** What they are called on that page. */
const MEASURED: Readonly<Record<Contestant, string>> = {
  ours: 'rxjs-ollama',
  official: 'ollama, bare loop',
  ai: 'ai (Vercel)',
  langchain: '@langchain/ollama',
  tanstack: '@tanstack/ai',
};

/** The ratio of a contestant, and its spread. */
function readRatio(heading: string, who: Contestant): string {
  const [head = [], , ...rows] = readTable(heading);
  const at = head.indexOf('ratio');
  const row = rows.find(([first]) => first === MEASURED[who]) ?? [];
  return `${row[at] ?? ''} (${row[at + 1] ?? ''})`;
}

/** A ratio of the summary, which compares this library with the official client. */
function readSummary(what: string, who: Contestant): string {
  const row = readTable('# Performance').find(([first]) => first?.startsWith(what)) ?? [];
  if (who === 'official') return '1.00';
  return who === 'ours' ? `${row[1] ?? ''} (${row[2] ?? ''})` : '–';
}

/** How a loop over a broken stream ends, in a word. */
function toEnd(fact: string): string {
  if (fact.includes('skips the line')) return 'skips';
  return fact.includes('completes') ? 'ends' : 'fails';
}

function toPlace(fact: string, who: Contestant, what: string): string {
  if (fact !== 'apart') return 'mixed';
  return who === 'official' && what === 'thinking' ? 'by hand' : fact;
}

describe('the comparison', () => {
  it('has the versions that were measured', () => {
    const packages: Readonly<Record<Contestant, readonly [what: string, ...names: string[]]>> = {
      ours: ['this library, Observables and operators', 'rxjs-ollama'],
      official: ['the official client, a `for await` loop', 'ollama'],
      ai: ['many providers, hooks for screens', 'ai', 'ollama-ai-provider-v2'],
      langchain: ['a chat model for chains and agents', '@langchain/ollama'],
      tanstack: ['many providers', '@tanstack/ai', '@tanstack/ai-ollama'],
    };
    const items = contestants.map(([who, name]) => {
      const [what, ...names] = packages[who];
      const found = names.map((each) => `\`${each}\` ${versions[each] ?? 'unknown'}`);
      return `- **${name}:** ${what}. ${found.join(' with ')}`;
    });
    expect(items.join()).not.toContain('unknown');
    expectBlock('versions', items.join('\n'), PAGE);
  });

  it('has the condition of what was counted', () => {
    const { lines, 'ms between lines': ms, 'stopped at text': text } = facts;
    const node = machine['node']?.replace(/^v(\d+).*/, 'Node $1') ?? '';
    expectBlock(
      'condition',
      `Measured on ${date} on ${node}. The server wrote ${String(lines)} lines, one per ${String(ms)} ms. ` +
        `Each client was\nstopped at text number ${String(text)}, or before the headers. The cells are what the server saw.`,
      PAGE,
    );
  });

  it('has what happens when each is stopped', () => {
    const words: Readonly<Record<string, string>> = {
      aborted: 'aborted',
      'aborted when the headers came': 'aborted late',
      [`all ${String(facts['lines'])} lines`]: 'all lines',
    };
    const rows = toRows(['leave', 'abort', 'abort early'], (fact) => words[fact] ?? 'unknown');
    expect(rows.flat()).not.toContain('unknown');
    expectTable('stops', ['', 'left', 'signal', 'signal, early'], rows, PAGE);
  });

  it('has what happens when a stream breaks', () => {
    const faults = ['malformed', 'truncated', 'error line', 'refused'];
    const heads = ['bad line', 'cut', 'error', '503'];
    expectTable('breaks', ['', ...heads], toRows(faults, toEnd), PAGE);
    const items = toRows(faults, (fact) => fact).map(
      ([name = '', ...found]) => `- **${name}:** ${found.join(' · ')}`,
    );
    expectBlock('words', items.join('\n'), PAGE);
  });

  it('has what becomes of thinking', () => {
    const found = toRows(['thinking', 'thinking in tags'], toPlace);
    const sent = toRows(['thinking is sent back', 'tool name is sent back'], (fact) => fact);
    expectTable(
      'thinking',
      ['', 'field', 'tags', 'sent back', 'tool name'],
      found.map((cells, i) => [...cells, ...(sent[i]?.slice(1) ?? [])]),
      PAGE,
    );
    // The page names it in a sentence.
    expect(facts['thinking in tags, with an extra: ai']).toBe('apart');
    expect(readFileSync(PAGE, 'utf8')).toContain('`extractReasoningMiddleware`');
  });

  it('has the figures of the page on performance', () => {
    const rows = contestants.map(([who, name]) => [
      name,
      readRatio('## A chunk, from the socket to the consumer', who),
      readRatio('## A chunk, with everything a chat needs', who),
      readSummary('one line per read, 100 streams', who),
      readSummary('a chat that is opened and left', who),
    ]);
    for (const figure of rows[0]?.slice(1) ?? []) {
      expect(figure).toMatch(/^\d+\.\d+ \(\d+\.\d+–\d+\.\d+\)$/);
    }
    expectTable('speed', ['', 'in bulk', 'in full', 'singly', 'left'], rows, PAGE);
  });
});
