// The method: fresh processes, contestants in turn, CPU time, and what is left of it when the same
// with less work is subtracted.
import process from 'node:process';
import { cpu } from './cpu.mjs';
import { run } from './processes.mjs';
import { round, summarize } from './stats.mjs';
import { checkText } from './wire.mjs';

/**
 * @typedef {import('./stats.mjs').Spread} Spread
 * @typedef {{ host: string, quick: boolean, rounds: number }} Context
 * @typedef {{ who: string, at?: number, cost: Spread, ratio?: Spread }} Row
 * @typedef {{ unit: string, x?: string, rows: Row[] }} Measure
 * @typedef {{ measures: Record<string, Measure>, figures: Record<string, Spread>, facts: Record<string, string | number> }} Findings
 */

/**
 * Lets contestants run in turn, round after round: ABC ABC ABC.
 * @template C
 * @param {number} rounds
 * @param {readonly C[]} contestants
 * @param {(contestant: C) => Promise<number>} measure
 * @returns {Promise<Map<C, number[]>>}
 */
export async function takeTurns(rounds, contestants, measure) {
  const costs = new Map(contestants.map((each) => [each, /** @type {number[]} */ ([])]));
  for (let n = 0; n < rounds; n++) {
    for (const each of contestants) {
      process.stderr.write('.');
      costs.get(each)?.push(await measure(each));
    }
  }
  process.stderr.write('\n');
  return costs;
}

/**
 * Of each round, how many times the cost of the other.
 * @param {readonly number[]} costs
 * @param {readonly number[]} others
 */
export const compare = (costs, others) =>
  summarize(costs.map((cost, n) => cost / (others[n] ?? Number.NaN)));

/** How many thousands of chunks the two runs have, of which one is subtracted from the other. */
const LENGTHS = { full: [120, 600], quick: [60, 240] };
/** The same for those that take ten times as long a chunk. */
const SLOW = { who: ['tanstack', 'ai', 'langchain'], full: [20, 80], quick: [10, 40] };

/**
 * Who spends how much on a chunk.
 * @param {Context} context
 * @param {string} question
 * @param {readonly string[]} contestants
 * @param {string} kind of stream
 * @param {readonly string[]} yardsticks
 * @returns {Promise<Findings>}
 */
export async function contestChunks(
  { host, quick, rounds },
  question,
  contestants,
  kind,
  yardsticks,
) {
  const costs = await takeTurns(rounds, contestants, async (contestant) => {
    const lengths = SLOW.who.includes(contestant) ? SLOW : LENGTHS;
    const [short = 0, long = 0] = lengths[quick ? 'quick' : 'full'];
    const spent = [];
    for (const blocks of [short, long]) {
      const model = `${kind}:${String(blocks)}:1`;
      /** @type {{ spent: number, lengths: import('./wire.mjs').TextLengths }} */
      const result = await run({ question, contestant, params: { host, model } });
      checkText(contestant, model, result.lengths);
      spent.push(result.spent);
    }
    const [less = 0, more = 0] = spent;
    // ms a thousand chunks is µs a chunk.
    return (more - less) / (long - short);
  });
  const [yardstick = ''] = yardsticks;
  const of = (/** @type {string} */ who) => costs.get(who) ?? [];
  return {
    measures: {
      cpu: {
        unit: 'µs of CPU a chunk',
        rows: contestants.map((who) => ({
          who,
          cost: summarize(of(who)),
          ratio: compare(of(who), of(yardstick)),
        })),
      },
    },
    figures: Object.fromEntries(
      yardsticks.map((who) => [`ours/${who}`, compare(of('ours'), of(who))]),
    ),
    facts: { lengths: LENGTHS[quick ? 'quick' : 'full'].join(' and ') },
  };
}

/**
 * The other side of it, in the process that is measured.
 * @param {'stream' | 'pipeline' | 'events'} how
 */
export const measureChunks =
  (how) =>
  /** @param {string} contestant @param {{ host: string, model: string }} params */
  async (contestant, { host, model }) => {
    /** @type {Record<typeof how, (host: string, model: string) => Promise<import('./wire.mjs').TextLengths>>} */
    const take = await import(new URL(`../contestants/${contestant}.mjs`, import.meta.url).href);
    const lengths = await take[how](host, model);
    return { spent: round(cpu()), lengths };
  };
