// Bundles the worker of the playground as one text, with one copy of RxJS: with two, timers of the one don't run in the
// virtual time of the other.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @returns {Promise<string>} a script */
export async function bundleWorker() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('worker.ts', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    conditions: ['es2015'],
    tsconfigRaw: {},
    write: false,
    legalComments: 'none',
  });
  return outputFiles[0]?.text ?? '';
}
