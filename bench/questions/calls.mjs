// What do many tool calls cost, one per line? The cost per call must not grow with their number.
import { lastValueFrom } from 'rxjs';
import { compare, takeTurns } from '../harness/contest.mjs';
import { cpu } from '../harness/cpu.mjs';
import { run } from '../harness/processes.mjs';
import { round, summarize } from '../harness/stats.mjs';

/** @typedef {'source' | 'message' | 'calls'} Way what reads the calls */

/** @type {readonly Way[]} */
const WAYS = ['source', 'message', 'calls'];
/** Below it, compiling is a large part of the cost. */
const COUNTS = [5000, 20_000, 80_000];

export const rounds = 5;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ host, quick, rounds }) {
  const counts = quick ? COUNTS.slice(0, 2) : COUNTS;
  const entries = WAYS.flatMap((way) => counts.map((count) => ({ way, count })));
  const costs = await takeTurns(rounds, entries, async ({ way, count }) => {
    const params = { host, model: `calls:${String(count)}`, count };
    /** @type {{ spent: number, calls: number }} */
    const { spent, calls } = await run({ question: 'calls', contestant: way, params });
    if (calls !== count) {
      throw new Error(`${way} saw ${String(calls)} of ${String(count)} calls.`);
    }
    return spent;
  });
  /** @param {Way} way @param {number} count */
  const of = (way, count) => {
    const entry = entries.find((each) => each.way === way && each.count === count);
    return (entry && costs.get(entry)) ?? [];
  };
  const largest = counts.at(-1) ?? 0;
  return {
    measures: {
      cpu: {
        unit: 'ms of CPU',
        x: 'calls',
        rows: entries.map(({ way, count }) => ({
          who: way,
          at: count,
          cost: summarize(of(way, count)),
        })),
      },
    },
    figures: Object.fromEntries(
      WAYS.map((way) => [
        `${way}: four times the calls`,
        compare(of(way, largest), of(way, largest / 4)),
      ]),
    ),
    facts: { most: largest },
  };
}

/**
 * @param {string} way
 * @param {{ host: string, model: string, count: number }} params
 */
export async function measure(way, { host, model }) {
  const { chat, library } = await import('../contestants/ours.mjs');
  const chunk$ = chat(host, model);
  const before = cpu();
  let calls = 0;
  if (way === 'message') {
    const message = await lastValueFrom(chunk$.pipe(library.accumulateMessage()));
    calls = message.tool_calls?.length ?? 0;
  } else if (way === 'calls') {
    calls = (await lastValueFrom(chunk$.pipe(library.collectToolCalls()))).length;
  } else {
    await chunk$.forEach(({ message }) => {
      calls += message.tool_calls?.length ?? 0;
    });
  }
  return { spent: round(cpu() - before), calls };
}
