// npm run bench -- --quick --only transport,pipeline
// Measures, prints tables, and writes results: bench/results/, or .cache/bench/ when quick.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './harness/machine.mjs';
import { toAmount, toFigure, toName, toSpread } from './harness/names.mjs';
import { startServer } from './harness/processes.mjs';
import { QUESTIONS, QUICK_RESULTS, RESULTS } from './harness/results.mjs';

/**
 * @typedef {import('./harness/contest.mjs').Findings} Findings
 * @typedef {{ rounds: number, ask: (context: import('./harness/contest.mjs').Context) => Promise<Findings> }} Question
 */

const here = fileURLToPath(new URL('.', import.meta.url));
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: QUESTIONS.join(',') },
    quick: { type: 'boolean', default: false },
  },
});
const { quick } = values;

if (!existsSync(`${here}node_modules`)) {
  console.log('Installing what this library is compared with into bench/:');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}

/** @param {string} question @param {Findings} findings */
function print(question, { measures, figures }) {
  for (const [name, { unit, x, rows }] of Object.entries(measures)) {
    console.log(`\n${question}, ${name}: ${unit}`);
    console.table(
      rows.map(({ who, at, cost, ratio }) => ({
        contestant: toName(who),
        ...(at !== undefined && { at: toAmount(at, x) }),
        median: toFigure(cost.median),
        spread: toSpread(cost),
        ...(ratio && { ratio: toFigure(ratio.median), 'its spread': toSpread(ratio) }),
      })),
    );
  }
  for (const [what, spread] of Object.entries(figures)) {
    console.log(`${what}: ${toFigure(spread.median)} (${toSpread(spread)})`);
  }
}

const folder = quick ? QUICK_RESULTS : RESULTS;
await mkdir(folder, { recursive: true });
const about = await describeMachine();
const date = new Date().toISOString().slice(0, 10);
for (const question of values.only.split(',')) {
  if (!QUESTIONS.includes(question)) {
    throw new Error(`There is no question "${question}": ${QUESTIONS.join(', ')}.`);
  }
  /** @type {Question} */
  const { ask, rounds } = await import(new URL(`questions/${question}.mjs`, import.meta.url).href);
  const { host, stop } = await startServer();
  const start = performance.now();
  const turns = quick ? Math.min(rounds, 2) : rounds;
  const findings = await ask({ host, quick, rounds: turns });
  stop();
  print(question, findings);
  console.log(`${((performance.now() - start) / 1000).toFixed(0)} s`);
  const result = { question, date, rounds: turns, ...about, ...findings };
  await writeFile(join(folder, `${question}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
