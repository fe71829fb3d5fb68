// What does each operator cost a chunk, beside the parsing of its line that everybody pays?
import { Observable, identity, lastValueFrom, merge, tap } from 'rxjs';
import { compare, takeTurns } from '../harness/contest.mjs';
import { cpu } from '../harness/cpu.mjs';
import { run } from '../harness/processes.mjs';
import { round, summarize } from '../harness/stats.mjs';
import { tokenLines } from '../harness/wire.mjs';

/** @typedef {import('rxjs-ollama').ChatChunk} ChatChunk */

const CONTESTANTS = [
  'parse',
  'splitThinking',
  'bufferForUi',
  'tapThroughput',
  'accumulateMessage',
  'accumulateResponse',
  'answerText',
  'timeoutChat',
  'retryChat',
  'recordChat',
  'shareChat',
  'four subscribers, shareChat',
  'four subscribers, no shareChat',
];

export const rounds = 5;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ quick, rounds }) {
  const blocks = quick ? 100 : 500;
  const costs = await takeTurns(rounds, CONTESTANTS, async (contestant) => {
    /** @type {{ spent: number, chunks: number }} */
    const seen = await run({ question: 'operators', contestant, params: { blocks } });
    if (!seen.chunks) throw new Error(`Nothing came out of ${contestant}.`);
    // ms a thousand chunks is µs a chunk.
    return seen.spent / blocks;
  });
  const of = (/** @type {string} */ who) => costs.get(who) ?? [];
  const parse = of('parse');
  return {
    measures: {
      cpu: {
        unit: 'µs of CPU a chunk, its parsing included',
        rows: CONTESTANTS.map((who) => ({
          who,
          cost: summarize(of(who)),
          ratio: compare(of(who), parse),
        })),
      },
    },
    figures: {
      'four subscribers: no shareChat/shareChat': compare(
        of('four subscribers, no shareChat'),
        of('four subscribers, shareChat'),
      ),
    },
    facts: {},
  };
}

/**
 * Lines parsed as they are read, and a turn of the event loop after each thousand.
 * @param {number} blocks
 * @returns {Observable<ChatChunk>}
 */
const readLines = (blocks) =>
  new Observable((subscriber) => {
    let left = blocks;
    const send = () => {
      for (const line of tokenLines) {
        /** @type {ChatChunk} */
        const chunk = JSON.parse(line);
        subscriber.next(chunk);
      }
      if (--left) setImmediate(send);
      else subscriber.complete();
    };
    setImmediate(send);
  });

/** Until the compiler has seen enough, in thousands of chunks. */
const WARM_UP = 50;

/** @param {string} contestant @param {{ blocks: number }} params */
export async function measure(contestant, { blocks }) {
  const { library } = await import('../contestants/ours.mjs');
  const { shareChat } = library;
  /** @type {Record<string, (source: Observable<ChatChunk>) => Observable<unknown>>} */
  const operators = {
    parse: identity,
    splitThinking: library.splitThinking(),
    bufferForUi: library.bufferForUi(),
    tapThroughput: library.tapThroughput(() => undefined),
    accumulateMessage: library.accumulateMessage(),
    accumulateResponse: library.accumulateResponse(),
    answerText: library.answerText(),
    timeoutChat: library.timeoutChat({ idle: 60_000, total: 600_000 }),
    retryChat: library.retryChat({ count: 3 }),
    recordChat: library.recordChat(() => undefined),
    shareChat: shareChat(),
    'four subscribers, shareChat': (source) => {
      const shared = source.pipe(shareChat());
      return merge(shared, shared, shared, shared);
    },
    'four subscribers, no shareChat': (source) => merge(source, source, source, source),
  };
  const operator = operators[contestant] ?? identity;
  await lastValueFrom(operator(readLines(WARM_UP)));
  const before = cpu();
  let chunks = 0;
  await lastValueFrom(operator(readLines(blocks)).pipe(tap(() => chunks++)));
  return { spent: round(cpu() - before), chunks };
}
