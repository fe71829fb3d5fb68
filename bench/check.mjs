// npm run bench:check: compares results with the bars of budgets.json.
// After a quick run: npm run bench:check -- --results .cache/bench
import process from 'node:process';
import { parseArgs } from 'node:util';
import { readBars } from './harness/bars.mjs';
import { toFigure, toSpread } from './harness/names.mjs';
import { RESULTS } from './harness/results.mjs';

const { values } = parseArgs({ options: { results: { type: 'string', default: RESULTS } } });
const { bars, margin } = await readBars(values.results);

for (const { what, question, figure, max, allowed, seen, ok } of bars) {
  const [say, word] = ok ? [console.log, 'holds'] : [console.error, 'MISSED'];
  const limit = `at most ${toFigure(max)}${allowed === undefined ? '' : `, ${toFigure(allowed)} allowed`}`;
  say(`${word}  ${what}: ${toFigure(seen.median)} (${toSpread(seen)}), ${limit}`);
  if (!ok) process.exitCode = 1;
  if (!ok) console.error(`        ${question}.json, "${figure}"`);
}
console.log(`A bar is missed when the median is more than ${String(margin * 100)} % over it.`);
