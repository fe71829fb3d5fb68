// What an import adds to an app: each bundled alone, peers external, minified, gzip -9.
// Fails when one is over what was measured last by more than the headroom, or docs/sizes.md doesn't show
// what was measured; --write measures anew.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { format } from 'prettier';

const BUDGETS = 'bench/budgets.json';
const DOCS = 'docs/sizes.md';
/** What stands between two comments of the page. */
const between = (/** @type {string} */ name) =>
  new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=<!-- /${name} -->)`);
const PIPELINE = [
  'fromOllamaChat',
  'splitThinking',
  'bufferForUi',
  'accumulateMessage',
  'collectToolCalls',
  'throughput',
];

/** Sizes are bytes. @typedef {{ headroom: number, bars: Record<string, number>, measured: Record<string, number> }} Sizes */
/** @type {{ size: Sizes }} */
const budgets = JSON.parse(await readFile(BUDGETS, 'utf8'));
const { size } = budgets;

const ROOT = "'./lib/index.ts';";
const ANGULAR = "'./lib/angular/index.ts';";
const NODE = "'./lib/node/index.ts';";
const MCP = "'./lib/mcp/index.ts';";
const OTEL = "'./lib/otel/index.ts';";
const REDIS = "'./lib/redis/index.ts';";
/** Whole entries. */
const ENTRIES = ['node', 'redis', 'mcp', 'otel'];
/** What a back end sends to its clients. */
const FORMATS = ['sse', 'ndjson', 'ollama', 'openAi', 'uiMessages', 'agUi'];

/** @param {string} contents */
async function bundle(contents) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: ['rxjs', 'ollama', '@angular/core', '@opentelemetry/api', 'node:*'],
    // As production builds of Angular do.
    define: { ngDevMode: 'false' },
    write: false,
    metafile: true,
  });
  const inputs = Object.values(metafile.outputs)[0]?.inputs ?? {};
  return { bytes: gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length, inputs };
}

/** What the files of one import do, by their paths in lib/; the first that fits. @type {[string, RegExp][]} */
const PARTS = [
  ['Credentials kept out of errors, user information of a host', /^transport\/secrets/],
  [
    'What failed and what to do, in words',
    /^(?:errors|transport\/(?:httpErrors|advice|retryAfter|describeKind)|wire\/(?:errorBody|excerpt))/,
  ],
  ['Hosts as people write them', /^transport\/host/],
  ['Images as bytes, Blobs and `data:` URLs', /^transport\/encodeImages/],
  [
    'The request, through the official client',
    /^(?:sources|transport\/(?:officialClient|fromServer|connection))/,
  ],
  ['The response: any body, any client, turns of the event loop', /^transport/],
  ['Lines: decoding, checks, calls in pieces, exact integers', /^wire/],
  [
    'Messages, calls, statistics',
    /^(?:core\/(?:message|omit)|operators\/(?:accumulateMessage|collectToolCalls))/,
  ],
  ['`splitThinking`', /^(?:core\/thinking|operators\/splitThinking)/],
  ['`bufferForUi`', /^(?:core\/ui|operators\/bufferForUi|createOperator|time)/],
  ['`throughput`', /^(?:core\/throughput|operators\/(?:throughput|tapThroughput))/],
  ['Signals, zone and server rendering', /^(?:angular|tools)/],
];

const operators = (await readdir('lib/operators')).map((file) => basename(file, '.ts'));
/** What is imported, by the name that the budgets have for it. @type {[string, string][]} */
const imports = [
  ['everything', `export * from ${ROOT}`],
  ['pipeline', `export { ${PIPELINE.join(', ')} } from ${ROOT}`],
  ...operators.map(
    (name) => /** @type {[string, string]} */ ([name, `export { ${name} } from ${ROOT}`]),
  ),
  ['angular', `export * from ${ROOT} export * from ${ANGULAR}`],
  ['node', `export * from ${NODE}`],
  ['redis', `export * from ${REDIS}`],
  ['mcp', `export * from ${MCP}`],
  ...FORMATS.map(
    (name) =>
      /** @type {[string, string]} */ ([name, `export { toResponse, ${name} } from ${NODE}`]),
  ),
  ['otel', `export * from ${OTEL}`],
  ['chatResource', `export { chatResource, provideOllama } from ${ANGULAR}`],
];
const sizes = await Promise.all(
  imports.map(async ([kind, contents]) => ({ kind, ...(await bundle(contents)) })),
);
/** An app that has the library already pays for the entry's own code only. */
const own = sizes.find(({ kind }) => kind === 'angular');
if (own && sizes[0]) own.bytes -= sizes[0].bytes;

if (process.argv.includes('--write')) {
  size.measured = Object.fromEntries(sizes.map(({ kind, bytes }) => [kind, bytes]));
  await writeFile(BUDGETS, await format(JSON.stringify(budgets), { parser: 'json' }));
}

const getLimit = (/** @type {string} */ kind) =>
  Math.round((size.measured[kind] ?? 0) * (1 + size.headroom));
for (const { kind, bytes } of sizes.filter((each) => each.bytes > getLimit(each.kind))) {
  console.error(`${kind} is over its limit: ${String(bytes)} of ${String(getLimit(kind))} bytes`);
  process.exitCode = 1;
}

const toKilobytes = (/** @type {number | undefined} */ bytes) =>
  bytes === undefined ? '–' : `${(bytes / 1000).toFixed(1)} kB`;
const getBar = (/** @type {string} */ kind) =>
  size.bars[kind] ?? (operators.includes(kind) ? size.bars['operator'] : undefined);
const toName = (/** @type {string} */ kind) =>
  kind === 'pipeline'
    ? `\`${PIPELINE.join('`, `')}\``
    : kind === 'everything'
      ? kind
      : kind === 'angular'
        ? '`rxjs-ollama/angular`, its own code alone'
        : kind === 'chatResource'
          ? '`chatResource`, `provideOllama`, with the library'
          : ENTRIES.includes(kind)
            ? `\`rxjs-ollama/${kind}\``
            : FORMATS.includes(kind)
              ? `\`toResponse\`, \`${kind}\``
              : `\`${kind}\``;
const rows = sizes.map(
  ({ kind }) =>
    `| ${toName(kind)} | ${toKilobytes(size.measured[kind])} | ${toKilobytes(getBar(kind))} |`,
);
const table = await format(['| import | size | bar |', '| --- | --: | --: |', ...rows].join('\n'), {
  parser: 'markdown',
});
console.log(table);

/**
 * How much of the code of an import each part is.
 * @param {string} kind
 */
function renderShares(kind) {
  const parts = new Map(PARTS.map(([part]) => [part, 0]));
  const { inputs = {} } = sizes.find((each) => each.kind === kind) ?? {};
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const [part] = PARTS.find(([, files]) => files.test(path.replace('lib/', ''))) ?? [];
    if (part) parts.set(part, (parts.get(part) ?? 0) + bytesInOutput);
    else if (bytesInOutput) throw new Error(`No part of ${kind} has ${path}.`);
  }
  const all = [...parts.values()].reduce((sum, bytes) => sum + bytes, 0);
  const rows = [...parts]
    .filter(([, bytes]) => bytes)
    .map(([part, bytes]) => `| ${part} | ${String(Math.round((bytes / all) * 100))} % |`);
  return format(['| part | share |', '| --- | --: |', ...rows].join('\n'), { parser: 'markdown' });
}
const shares = await renderShares('pipeline');
const angularShares = await renderShares('chatResource');

const docs = await readFile(DOCS, 'utf8');
const current = docs
  .replace(between('sizes'), () => `\n${table}\n`)
  .replace(between('parts'), () => `\n${shares}\n`)
  .replace(between('angular-parts'), () => `\n${angularShares}\n`);
if (process.argv.includes('--write')) {
  await writeFile(DOCS, current);
} else if (current !== docs) {
  console.error(`${DOCS} is out of date: run npm run size -- --write`);
  process.exitCode = 1;
}
