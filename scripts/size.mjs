// What an import adds to an app: each bundled alone, peers external, minified, gzip -9.
// Fails when one is over its budget or docs/sizes.md is out of date; --write updates the latter.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { format } from 'prettier';

const DOCS = 'docs/sizes.md';
const TABLE = /(?<=<!-- sizes -->\n)[^]*(?=<!-- \/sizes -->)/;
const PIPELINE = [
  'fromOllamaChat',
  'splitThinking',
  'bufferForUi',
  'accumulateMessage',
  'collectToolCalls',
  'throughput',
];

/** @type {{ size: { entry: number, pipeline: number, operator: number } }} */
const budgets = JSON.parse(await readFile('bench/budgets.json', 'utf8'));

/**
 * @param {string} what
 * @param {string} names
 * @param {number} budget
 */
async function measure(what, names, budget) {
  const { outputFiles } = await build({
    stdin: { contents: `export ${names} from './lib/index.ts';`, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['rxjs', 'ollama'],
    write: false,
  });
  const [bundle] = outputFiles;
  return { what, budget, bytes: gzipSync(bundle?.contents ?? '', { level: 9 }).length };
}

const operators = (await readdir('lib/operators')).map((file) => basename(file, '.ts'));
const sizes = await Promise.all([
  measure('everything', '*', budgets.size.entry),
  measure(`\`${PIPELINE.join('`, `')}\``, `{ ${PIPELINE.join(', ')} }`, budgets.size.pipeline),
  ...operators.map((name) => measure(`\`${name}\``, `{ ${name} }`, budgets.size.operator)),
]);

/** @param {number} bytes */
const toKilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const rows = sizes.map(
  ({ what, bytes, budget }) => `| ${what} | ${toKilobytes(bytes)} | ${toKilobytes(budget)} |`,
);
const table = await format(
  ['| import | size | budget |', '| --- | --: | --: |', ...rows].join('\n'),
  {
    parser: 'markdown',
  },
);
console.log(table);

for (const { what, bytes, budget } of sizes.filter(({ bytes, budget }) => bytes > budget)) {
  console.error(`${what} is over its budget: ${String(bytes)} of ${String(budget)} bytes`);
  process.exitCode = 1;
}

const docs = await readFile(DOCS, 'utf8');
const current = docs.replace(TABLE, () => `\n${table}\n`);
if (process.argv.includes('--write')) {
  await writeFile(DOCS, current);
} else if (current !== docs) {
  console.error(`${DOCS} is out of date: run npm run size -- --write`);
  process.exitCode = 1;
}
