// What does a long line cost, such as a tool call with a file in it, when it comes in reads of 16 KiB?
import { compare, measureChunks, takeTurns } from '../harness/contest.mjs';
import { run } from '../harness/processes.mjs';
import { summarize } from '../harness/stats.mjs';
import { checkText } from '../harness/wire.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES = {
  full: [64 * KIB, 256 * KIB, MIB, 4 * MIB, 8 * MIB, 16 * MIB],
  quick: [64 * KIB, MIB, 8 * MIB],
};
const CONTESTANTS = ['ours', 'official', 'limit'];
/** The size of the bar. */
const BAR = 8 * MIB;
/** How many lines the longer run has more than the shorter: enough to be seen, at most 32 MiB. */
const extraLines = (/** @type {number} */ size) => Math.max(1, Math.floor((32 * MIB) / size));

export const rounds = 3;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ host, quick, rounds }) {
  const entries = SIZES[quick ? 'quick' : 'full'].flatMap((size) =>
    CONTESTANTS.map((who) => ({ who, at: size })),
  );
  const costs = await takeTurns(rounds, entries, async ({ who, at }) => {
    const extra = who === 'official' && at >= 4 * MIB ? 1 : extraLines(at);
    const spent = [];
    for (const lines of [1, 1 + extra]) {
      const model = `lines:${String(lines)}:${String(at)}`;
      /** @type {{ spent: number, lengths: import('../harness/wire.mjs').TextLengths }} */
      const result = await run({ question: 'longLines', contestant: who, params: { host, model } });
      checkText(who, model, result.lengths);
      spent.push(result.spent);
    }
    const [less = 0, more = 0] = spent;
    return (more - less) / extra;
  });
  const of = (/** @type {string} */ who, /** @type {number} */ at) =>
    costs.get(entries.find((entry) => entry.who === who && entry.at === at) ?? { who, at }) ?? [];
  return {
    measures: {
      cpu: {
        unit: 'ms of CPU a line',
        x: 'bytes',
        rows: entries.map(({ who, at }) => ({
          who,
          at,
          cost: summarize(of(who, at)),
          ratio: compare(of(who, at), of('limit', at)),
        })),
      },
    },
    figures: {
      'ours/limit at 8 MiB': compare(of('ours', BAR), of('limit', BAR)),
      'official/limit at 8 MiB': compare(of('official', BAR), of('limit', BAR)),
      'official/ours at 8 MiB': compare(of('official', BAR), of('ours', BAR)),
    },
    facts: {},
  };
}

export const measure = measureChunks('stream');
