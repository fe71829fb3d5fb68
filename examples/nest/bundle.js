import { cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles the gateway, the shop, the demo and the page. Packages stay where they are installed.
 *
 * @param {object} [options]
 * @param {string} [options.folder] where this example is
 * @param {string} [options.outdir]
 * @param {Record<string, string>} [options.alias] where packages are that are not installed
 */
export async function bundle({ folder = '.', outdir = 'dist', alias = {} } = {}) {
  const common = /** @type {const} */ ({
    absWorkingDir: resolve(folder),
    bundle: true,
    format: 'esm',
    alias,
    // Nest's decorators are those of TypeScript.
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    logLevel: 'warning',
  });
  await build({
    ...common,
    entryPoints: ['src/gateway.ts', 'src/shop.ts', 'demo/demo.ts'],
    outdir,
    entryNames: '[name]',
    splitting: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
  });
  const page = join(outdir, 'page');
  await build({
    ...common,
    entryPoints: ['page/page.ts', 'page/page.css'],
    outdir: page,
    minify: true,
    platform: 'browser',
  });
  await cp(join(folder, 'page/index.html'), resolve(folder, page, 'index.html'));
}
