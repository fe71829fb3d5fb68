// What does a renderer of Markdown spend on an answer that grows?
// In virtual time, with the parser that most pages use; a chunk of four characters a millisecond.
import { VirtualTimeScheduler, interval, map, take } from 'rxjs';
import { compare, takeTurns } from '../harness/contest.mjs';
import { cpu } from '../harness/cpu.mjs';
import { run } from '../harness/processes.mjs';
import { round, summarize } from '../harness/stats.mjs';
import { load } from '../contestants/load.mjs';

const WAYS = ['whole', 'frame', 'block'];
const SIZES = [4000, 8000, 16_000];
export const BLOCK = `## A heading of the answer

A paragraph with **strong** words, some \`code\` and a [link](https://example.com/page), as models
write them, and it goes on for a while so that there is something to parse.

- a first point
- a second one, with _stress_

\`\`\`ts
const answer = await ask('What is 17 × 23?');
console.log(answer);
\`\`\`

`;

export const rounds = 3;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ quick, rounds }) {
  const entries = SIZES.filter((_, n) => !quick || n !== 1).flatMap((at) =>
    WAYS.map((who) => ({ who, at })),
  );
  const costs = await takeTurns(rounds, entries, async ({ who, at }) => {
    /** @type {{ spent: number, tokens: number }} */
    const { spent, tokens } = await run({
      question: 'markdown',
      contestant: who,
      params: { size: at },
    });
    if (tokens !== Math.ceil(at / BLOCK.length) * 4) {
      throw new Error(`${who} found ${String(tokens)} blocks in ${String(at)} characters.`);
    }
    return spent;
  });
  const of = (/** @type {string} */ who, /** @type {number} */ at) =>
    [...costs].find(([key]) => key.who === who && key.at === at)?.[1] ?? [];
  return {
    measures: {
      cpu: {
        unit: 'ms of CPU for the whole answer',
        x: 'characters',
        rows: entries.map(({ who, at }) => ({
          who,
          at,
          cost: summarize(of(who, at)),
          ratio: compare(of(who, at), of('block', at)),
        })),
      },
    },
    figures: {
      'whole/frame at 16 kB': compare(of('whole', 16_000), of('frame', 16_000)),
      'frame/block at 16 kB': compare(of('frame', 16_000), of('block', 16_000)),
      'block: 16 kB/4 kB': compare(of('block', 16_000), of('block', 4000)),
      'whole: 16 kB/4 kB': compare(of('whole', 16_000), of('whole', 4000)),
    },
    facts: {},
  };
}

/** @typedef {{ type: string }} Token */

/** @param {string} way @param {{ size: number }} params */
export async function measure(way, { size }) {
  const { library } = await import('../contestants/ours.mjs');
  /** @type {{ marked: { lexer(text: string): Token[] } }} */
  const { marked } = await load('marked');
  const count = (/** @type {string} */ text) =>
    marked.lexer(text).filter(({ type }) => type !== 'space').length;
  const text = BLOCK.repeat(Math.ceil(size / BLOCK.length));
  const scheduler = new VirtualTimeScheduler();
  const chunk$ = interval(1, scheduler).pipe(
    take(Math.ceil(text.length / 4)),
    map((n) => ({
      model: 'qwen3:4b',
      created_at: '',
      message: { role: 'assistant', content: text.slice(n * 4, n * 4 + 4) },
      done: /** @type {const} */ (false),
    })),
  );
  const { accumulateMessage, bufferForUi } = library;
  const message$ = (way === 'whole' ? chunk$ : chunk$.pipe(bufferForUi({ scheduler }))).pipe(
    accumulateMessage(),
  );

  let tokens = 0;
  /** What is finished: it ends with an empty line, and is never parsed again. */
  let finished = 0;
  let finishedTokens = 0;
  const before = cpu();
  message$.subscribe(({ content }) => {
    if (way !== 'block') {
      tokens = count(content);
      return;
    }
    const end = content.lastIndexOf('\n\n') + 2;
    if (end > finished + 2) {
      finishedTokens += count(content.slice(finished, end));
      finished = end;
    }
    tokens = finishedTokens + count(content.slice(finished));
  });
  scheduler.flush();
  return { spent: round(cpu() - before), tokens };
}
