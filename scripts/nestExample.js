// Bundles examples/nest with the library's sources, for the demo and for its specs: only if a source is newer.
import { resolve } from 'node:path';
import process from 'node:process';
import { bundle } from '../examples/nest/bundle.js';
import { newestIn, timeOf } from './newest.js';

const EXAMPLE = 'examples/nest';
const BUNDLES = '.cache/nest';

/** The folder with the bundles. Like every npm script, it runs at the root. */
export async function buildNestExample() {
  const outdir = resolve(BUNDLES);
  const sources = await Promise.all([
    ...['lib', `${EXAMPLE}/src`, `${EXAMPLE}/page`, `${EXAMPLE}/demo`].map(newestIn),
    ...[`${EXAMPLE}/bundle.js`, 'scripts/nestExample.js', 'package.json'].map(timeOf),
  ]);
  if (Math.max(...sources) < (await timeOf(`${outdir}/page/index.html`))) return outdir;
  process.stderr.write('Bundling the gateway …\n');
  await bundle({
    folder: EXAMPLE,
    outdir,
    alias: {
      'rxjs-ollama/testing/node': resolve('lib/testing/node/index.ts'),
      'rxjs-ollama/mcp': resolve('lib/mcp/index.ts'),
      'rxjs-ollama/node': resolve('lib/node/index.ts'),
      'rxjs-ollama/otel': resolve('lib/otel/index.ts'),
      'rxjs-ollama/redis': resolve('lib/redis/index.ts'),
      'rxjs-ollama': resolve('lib/index.ts'),
    },
  });
  return outdir;
}
