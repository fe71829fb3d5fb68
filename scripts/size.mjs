// What an import adds to an app: each bundled alone, peers external, minified, gzip -9.
// Fails when one is over its limit or docs/sizes.md is out of date; --write updates the latter.
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

/**
 * The bars, and what is allowed where one is missed: docs/decisions/0008 says why.
 * @type {{ size: { bars: Record<string, number>, allowed: Record<string, number> } }}
 */
const {
  size: { bars, allowed },
} = JSON.parse(await readFile('bench/budgets.json', 'utf8'));

/**
 * @param {string} what
 * @param {string} names
 * @param {string} kind
 */
async function measure(what, names, kind = what) {
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
  const bar = bars[kind] ?? bars['operator'] ?? 0;
  const bytes = gzipSync(bundle?.contents ?? '', { level: 9 }).length;
  return { what, bytes, bar, limit: allowed[kind] ?? bar };
}

const operators = (await readdir('lib/operators')).map((file) => basename(file, '.ts'));
const sizes = await Promise.all([
  measure('everything', '*'),
  measure(`\`${PIPELINE.join('`, `')}\``, `{ ${PIPELINE.join(', ')} }`, 'pipeline'),
  ...operators.map((name) => measure(`\`${name}\``, `{ ${name} }`, name)),
]);

/** @param {number} bytes */
const toKilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const rows = sizes.map(
  ({ what, bytes, bar, limit }) =>
    `| ${what} | ${toKilobytes(bytes)} | ${toKilobytes(bar)} | ${toKilobytes(limit)} |`,
);
const table = await format(
  ['| import | size | bar | limit |', '| --- | --: | --: | --: |', ...rows].join('\n'),
  {
    parser: 'markdown',
  },
);
console.log(table);

for (const { what, bytes, limit } of sizes.filter(({ bytes, limit }) => bytes > limit)) {
  console.error(`${what} is over its limit: ${String(bytes)} of ${String(limit)} bytes`);
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
