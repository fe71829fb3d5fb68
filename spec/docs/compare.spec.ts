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
  langchain: '@langchain/ollama',
  tanstack: 'TanStack AI',
};
type Contestant = keyof typeof CONTESTANTS;
const contestants = Object.entries(CONTESTANTS) as [Contestant, string][];

const readFact = (what: string, who: Contestant): string =>
  String(facts[`${what}: ${who}`] ?? 'by hand');

/** A row for each contestant, with what was found. */
const toRows = (...whats: readonly string[]): string[][] =>
  contestants.map(([who, name]) => [name, ...whats.map((what) => readFact(what, who))]);

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

/** By what a contestant keeps thinking apart, if it does. */
const MEANS: Readonly<Record<Contestant, string>> = {
  ours: '`splitThinking`',
  official: 'by hand',
  ai: '`reasoning-delta`',
  langchain: '`reasoning_content`',
  tanstack: '`REASONING_MESSAGE_CONTENT`',
};

function readThinking(what: string, who: Contestant): string {
  const found = readFact(what, who);
  return found === 'apart' ? MEANS[who] : 'in the answer';
}

describe('the comparison', () => {
  it('has the versions that were measured', () => {
    const packages: Readonly<Record<Contestant, readonly [name: string, what: string][]>> = {
      ours: [['rxjs-ollama', 'this library: Observables and operators']],
      official: [['ollama', 'the official client: a `for await` loop']],
      ai: [
        ['ai', 'many providers, hooks for screens'],
        ['ollama-ai-provider-v2', 'its provider for Ollama'],
      ],
      langchain: [['@langchain/ollama', 'a chat model for chains and agents']],
      tanstack: [
        ['@tanstack/ai', 'many providers'],
        ['@tanstack/ai-ollama', 'its adapter for Ollama'],
      ],
    };
    const rows = contestants.flatMap(([who, name]) =>
      packages[who].map(([each, what]) => [name, `\`${each}\` ${versions[each] ?? ''}`, what]),
    );
    expect(rows.join()).not.toMatch(/` ,/);
    expectTable('versions', ['name', 'package', 'what it is'], rows, PAGE);
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
    expectTable(
      'stops',
      ['', 'left in mid-stream', 'its signal, in mid-stream', 'its signal, before the headers'],
      toRows('leave', 'abort', 'abort early'),
      PAGE,
    );
  });

  it('has what happens when a stream breaks', () => {
    const faults = ['malformed', 'truncated', 'error line', 'refused'];
    const heads = ['a malformed line', 'no final chunk', 'an error line', 'status 503'];
    expectTable('breaks', ['', ...heads], toRows(...faults), PAGE);
  });

  it('has what becomes of thinking', () => {
    const sent = ['thinking is sent back', 'tool name is sent back'];
    expectTable(
      'thinking',
      [
        '',
        'in the field `thinking`',
        'in `<think>` tags',
        'thinking sent back',
        'name of the tool',
      ],
      contestants.map(([who, name]) => [
        name,
        readThinking('thinking', who),
        readThinking('thinking in tags', who),
        ...sent.map((what) => readFact(what, who)),
      ]),
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
    expectTable(
      'speed',
      [
        '',
        'a chunk, in bulk',
        'with all that a chat needs',
        '100 streams',
        'left at the first chunk',
      ],
      rows,
      PAGE,
    );
  });
});
