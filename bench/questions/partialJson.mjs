// What does it cost to look at structured output at every delta while it streams?
import { from, lastValueFrom, map, scan } from 'rxjs';
import { compare, takeTurns } from '../harness/contest.mjs';
import { cpu } from '../harness/cpu.mjs';
import { run } from '../harness/processes.mjs';
import { round, summarize } from '../harness/stats.mjs';
import { load } from '../contestants/load.mjs';

/** @typedef {{ spent: number, values: number, text: string }} Seen */

/** How long the text is, in thousands of characters. The size of the bar is 142, and four times that. */
const SIZES = { ours: [18, 36, 71, 142, 568], others: [18, 36, 71] };
const QUICK = [18, 36, 142, 568];
const CONTESTANTS = ['ours', 'tanstack', 'ai'];
const DELTA = 8;

export const rounds = 3;

/**
 * @param {import('../harness/contest.mjs').Context} context
 * @returns {Promise<import('../harness/contest.mjs').Findings>}
 */
export async function ask({ quick, rounds }) {
  const entries = CONTESTANTS.flatMap((who) =>
    (who === 'ours' ? SIZES.ours : SIZES.others)
      .filter((size) => !quick || QUICK.includes(size))
      .map((size) => ({ who, at: size * 1000 })),
  );
  /** How often it emitted: less than once a delta where the value is very wide. @type {Record<string, number>} */
  const shown = {};
  const costs = await takeTurns(rounds, entries, async ({ who, at }) => {
    /** @type {Seen} */
    const { spent, values, text } = await run({
      question: 'partialJson',
      contestant: who,
      params: { size: at },
    });
    if (text !== createText(at)) throw new Error(`${who} saw another text of ${String(at)}.`);
    if (who === 'ours') shown[`values at ${String(at / 1000)} kB`] = values;
    return spent;
  });
  const of = (/** @type {string} */ who, /** @type {number} */ at) =>
    costs.get(entries.find((entry) => entry.who === who && entry.at === at) ?? { who, at }) ?? [];
  const growth = (
    /** @type {string} */ who,
    /** @type {number} */ from,
    /** @type {number} */ to,
  ) => compare(of(who, to), of(who, from));
  return {
    measures: {
      cpu: {
        unit: 'ms of CPU for all of the text',
        x: 'characters',
        rows: entries.map(({ who, at }) => ({
          who,
          at,
          cost: summarize(of(who, at)),
          ...(of('ours', at).length > 0 && { ratio: compare(of(who, at), of('ours', at)) }),
        })),
      },
    },
    figures: {
      'ours: ms for 142 kB': summarize(of('ours', 142_000)),
      'ours: 568 kB/142 kB': growth('ours', 142_000, 568_000),
      'ours: 36 kB/18 kB': growth('ours', 18_000, 36_000),
      'ai: 36 kB/18 kB': growth('ai', 18_000, 36_000),
      'tanstack: 36 kB/18 kB': growth('tanstack', 18_000, 36_000),
      'ai/ours at 36 kB': compare(of('ai', 36_000), of('ours', 36_000)),
    },
    facts: { delta: DELTA, ...shown },
  };
}

/** Records, as a model fills a table; about as long as is asked for. @param {number} size */
function createText(size) {
  /** @type {object[]} */
  const records = [];
  for (let length = 0; length < size; length += JSON.stringify(records.at(-1)).length + 1) {
    const id = records.length;
    records.push({
      id,
      name: `Person ${String(id)}`,
      active: id % 3 === 0,
      score: id * 1.25,
      tags: ['first', 'second "quoted"'],
      address: { street: `${String(id)} Long Street`, city: 'Zürich', note: 'line\nbreak' },
    });
  }
  return JSON.stringify({ records });
}

/**
 * @param {string} contestant
 * @param {{ size: number }} params
 * @returns {Promise<Seen>}
 */
export async function measure(contestant, { size }) {
  const text = createText(size);
  const deltas = text.match(new RegExp(`[^]{1,${String(DELTA)}}`, 'g')) ?? [];
  const look = await loadParser(contestant);
  const before = cpu();
  const { value, values } = await look(deltas);
  return { spent: round(cpu() - before), values, text: JSON.stringify(value) };
}

/**
 * @param {string} contestant
 * @returns {Promise<(deltas: string[]) => Promise<{ value: unknown, values: number }>>}
 */
async function loadParser(contestant) {
  if (contestant === 'ours') {
    const { library } = await import('../contestants/ours.mjs');
    return (deltas) =>
      lastValueFrom(
        from(deltas).pipe(
          map((content) => ({
            model: 'qwen3:4b',
            created_at: '',
            message: { role: 'assistant', content },
            done: /** @type {const} */ (false),
          })),
          library.partialJson(),
          scan(({ values }, { value }) => ({ value, values: values + 1 }), {
            value: /** @type {unknown} */ (undefined),
            values: 0,
          }),
        ),
      );
  }
  const parse = await (contestant === 'ai' ? loadAi() : loadTanstack());
  return async (deltas) => {
    let text = '';
    let value;
    for (const delta of deltas) {
      text += delta;
      value = await parse(text);
    }
    return { value, values: deltas.length };
  };
}

async function loadAi() {
  /** @type {{ parsePartialJson: (text: string) => Promise<{ value: unknown }> }} */
  const { parsePartialJson } = await load('ai');
  return async (/** @type {string} */ text) => (await parsePartialJson(text)).value;
}

async function loadTanstack() {
  /** @type {{ parsePartialJSON: (text: string) => unknown }} */
  const { parsePartialJSON } = await load('@tanstack/ai');
  return (/** @type {string} */ text) => parsePartialJSON(text);
}
