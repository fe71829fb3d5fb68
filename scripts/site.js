// Installs the packages of site/ and makes its pages, for `npm run docs`, `docs:dev` and the specs of the site.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { assemble } from '../site/build/assemble.js';
import { timeOf } from './newest.js';

const SITE = 'site';

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** @param {string} name of a program that a package of the site has */
const toProgram = (name) => join(SITE, 'node_modules/.bin', name);

/** All that VitePress needs. */
export async function prepareSite() {
  const installed = await timeOf(join(SITE, 'node_modules/.package-lock.json'));
  if (installed < (await timeOf(join(SITE, 'package.json')))) {
    run('npm', ['install', '--prefix', SITE, '--no-audit', '--no-fund']);
  }
  run(toProgram('typedoc'), ['--options', 'site/typedoc.mjs', '--logLevel', 'Warn']);
  assemble();
}

/** @param {'build' | 'dev' | 'preview'} task */
export function runVitePress(task) {
  run(toProgram('vitepress'), [task, SITE]);
}
