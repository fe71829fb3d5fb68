import { readFile } from 'node:fs/promises';
import { readResult } from './results.mjs';

/**
 * `allowed` is what holds where the bar is missed, and a decision in docs/decisions says why.
 * @typedef {{ what: string, question: string, figure: string, max: number, allowed?: number }} Bar
 */

/**
 * The bars, each with what was measured.
 * @param {string} folder with the results
 */
export async function readBars(folder) {
  /** @type {{ speed: { margin: number, bars: Bar[] } }} */
  const { speed } = JSON.parse(await readFile(new URL('../budgets.json', import.meta.url), 'utf8'));
  const bars = await Promise.all(
    speed.bars.map(async (bar) => {
      const { figures } = await readResult(folder, bar.question);
      const seen = figures[bar.figure];
      if (!seen) throw new Error(`The results of ${bar.question} have no "${bar.figure}".`);
      const limit = (bar.allowed ?? bar.max) * (1 + speed.margin);
      return { ...bar, seen, ok: seen.median <= limit };
    }),
  );
  return { bars, margin: speed.margin };
}
