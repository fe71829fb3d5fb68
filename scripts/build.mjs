// Builds dist/esm and dist/cjs, each by one run of the plain compiler, at the same time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import process from 'node:process';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** @param {string} project */
async function compile(project) {
  const compiler = spawn(process.execPath, [tsc, '-p', project], { stdio: 'inherit' });
  const [code] = /** @type {[number | null]} */ (await once(compiler, 'exit'));
  if (code !== 0) process.exitCode = 1;
}

await rm('dist', { recursive: true, force: true });
await mkdir('dist/cjs', { recursive: true });
await writeFile('dist/cjs/package.json', '{"type":"commonjs"}\n');
await Promise.all([compile('tsconfig.build.json'), compile('tsconfig.build.cjs.json')]);
