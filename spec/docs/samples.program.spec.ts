import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ChunkStep, Script } from '../../lib/testing/node/index.js';
import { expectFile } from '../support/generated.js';
import { findCode, readDocument, root } from './documents.js';
import { findSamples, runSamples, showPrinted } from './samples.js';

const thinking = ['17 × 20 is 340, ', '17 × 3 is 51.'].map((text) => ({ thinking: text }));
const answer = ['17 × 23', ' is ', '391.'];
const final = {
  done: true,
  total_duration: 1_250_000_000,
  load_duration: 500_000_000,
  prompt_eval_count: 17,
  prompt_eval_duration: 250_000_000,
  eval_count: 20,
  eval_duration: 500_000_000,
};
const created_at = '2026-01-01T12:00:00.123456789Z';
const plain = [...answer, final];
const thoughtful = [...thinking, ...answer, final];
const call = { function: { name: 'multiply', arguments: { x: 17, y: 23 } } };

/** It calls the tool, and answers when it has the result. */
const tooled: Script = ({ body }) =>
  body.messages?.at(-1)?.role === 'tool' ? plain : [...thinking, { tool_calls: [call] }, final];
const json = ['{"product": 391', ', "steps": ["17 × 20', '", "17 × 3"]}', final];

/** An answer that never ends. */
function* counting(): Generator<ChunkStep> {
  for (let n = 1; ; n++) yield { content: `${String(n)} `, delay: 1 };
}

/** What the server answers to the samples below a heading. */
const scripts: Record<string, Record<string, Script>> = {
  'docs/start/streaming.md': {
    'Stream a chat': plain,
    'Show the thinking': thoughtful,
    'Hide the thinking': ['<thi', 'nk>17 × 20 is 340.</th', 'ink>\n\n', ...answer, final],
    'Keep the history': thoughtful,
    'Call tools while it streams': tooled,
    'The response format': plain.map((step) =>
      typeof step === 'string' ? { content: step, created_at } : { ...step, created_at },
    ),
    'Structured output': json,
    'The final metrics': thoughtful,
    'Without streaming': thoughtful,
    'Buffer for a screen': [...Array.from({ length: 500 }, (_, i) => `${String(i + 1)} `), final],
  },
  'docs/start/rxjs-in-ten-minutes.md': {
    'A cold Observable': plain,
    'A subscription': plain,
    'An operator': plain,
    'Teardown and cancellation': counting,
    'A scheduler': plain,
    'Marble diagrams': plain,
  },
  'docs/concepts/cancellation.md': {
    'Keep what has arrived': counting,
  },
  'docs/concepts/errors.md': {
    'Handle one': ['17 × 23', ' is ', { error: 'out of memory' }],
  },
  'docs/concepts/chunks.md': {
    'Deltas and snapshots': [{ thinking: '17 × 20…' }, ...answer, final],
    'One chunk, several things': [
      { thinking: 'I have to multiply.', content: 'One moment.', tool_calls: [call] },
      final,
    ],
  },
  'docs/migrate/for-await.md': {
    'Print an answer': plain,
    'Wait for the whole answer': thoughtful,
    'Stop in the middle': counting,
    'Handle an error in mid-stream': ['17 × 23', ' is', { error: 'out of memory' }],
    'A malformed line': ['17 × 23', { raw: '{"model":\n' }, ' 391.', final],
  },
  'docs/migrate/ai-sdk.md': {
    'Stream a text': plain,
    'Show the thinking': thoughtful,
    'Call a tool': tooled,
    'Fill in an object': json,
    'Stop the model': counting,
  },
  'docs/migrate/langchain.md': {
    'Stream a text': plain,
    'Show the thinking': thoughtful,
    'Join the chunks': thoughtful,
    'Call a tool': tooled,
    'Structured output': json,
  },
};

/** Below these headings two samples do the same, each in its own way. */
const SAME: Record<string, string[]> = {
  'docs/start/streaming.md': ['Stream a chat', 'Show the thinking', 'Call tools while it streams'],
};

describe.each(Object.keys(scripts))('%s', (file) => {
  const page = readDocument(file);
  const samples = findSamples(page);

  it('has nothing but samples, each below a heading that has a script', () => {
    expect(samples.length).toBeGreaterThan(0);
    expect(samples).toHaveLength(findCode(page).length);
    const headings = samples.map(({ heading }) => heading);
    expect(new Set(headings)).toEqual(new Set(Object.keys(scripts[file] ?? {})));
  });

  it('shows what its samples print', async () => {
    const printed = await runSamples(samples, scripts[file] ?? {});
    expect(printed).not.toContain('\n');
    for (const heading of SAME[file] ?? []) {
      const [one, other] = printed.filter((_, i) => samples[i]?.heading === heading);
      expect([heading, other]).toEqual([heading, one]);
    }
    expectFile(path.join(root, file), showPrinted(page, printed));
  });
});

describe('docs/start/node.md', () => {
  const page = readDocument('docs/start/node.md');
  /** A block that shows a whole file, which is named after its language. */
  const SHOWN = /(?<=^```ts (spec\/start\/\S+)\n)[^]*?(?=^```$)/gm;

  it('shows the handler and its spec as they are compiled and run', () => {
    const current = page.text.replace(SHOWN, (_, file: string) =>
      readFileSync(path.join(root, file), 'utf8'),
    );
    expectFile(path.join(root, page.file), current);
    expect(Array.from(page.text.matchAll(SHOWN), ([, file]) => file)).toEqual([
      'spec/start/streamAnswer.ts',
      'spec/start/streamAnswer.spec.ts',
    ]);
  });
});
