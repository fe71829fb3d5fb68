// Runs the demo: bundles examples/terminal with the library's sources, if a source is newer than the last bundle.
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { newestIn, timeOf } from './newest.js';

const BUNDLE = '.cache/demo.mjs';

const sources = await Promise.all([
  ...['lib', 'examples/terminal'].map(newestIn),
  ...['scripts/demo.mjs', 'package.json'].map(timeOf),
]);
if (Math.max(...sources) >= (await timeOf(BUNDLE))) {
  process.stderr.write('Building the demo …\n');
  await build({
    entryPoints: ['examples/terminal/demo.ts'],
    outfile: BUNDLE,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: {
      'rxjs-ollama/testing/node': './lib/testing/node/index.ts',
      'rxjs-ollama': './lib/index.ts',
    },
    logLevel: 'warning',
  });
}
await import(pathToFileURL(BUNDLE).href);
