// Installs the packages of site/ and makes its pages, for `npm run docs` and the specs of the site.
import { spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { assemble, BUILT } from '../site/build/assemble.js';
import { newestIn, timeOf } from './newest.js';

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

/** @param {string} path of a folder or a file */
const newestOf = async (path) =>
  (await stat(path)).isDirectory() ? await newestIn(path) : await timeOf(path);

/** All that VitePress needs. */
export async function prepareSite() {
  const installed = await timeOf(join(SITE, 'node_modules/.package-lock.json'));
  if (installed < (await timeOf(join(SITE, 'package.json')))) {
    run('npm', ['install', '--prefix', SITE, '--no-audit', '--no-fund']);
  }
  run(toProgram('typedoc'), ['--options', 'site/typedoc.mjs', '--logLevel', 'Warn']);
  assemble();
}

/** @param {'build' | 'dev'} task */
export function runVitePress(task) {
  run(toProgram('vitepress'), [task, SITE]);
}

/** Whether the built site is newer than all that it is made of. */
export async function isSiteFresh() {
  const own = await readdir(SITE);
  const folders = ['docs', 'lib'].concat(
    own.filter((name) => name !== 'node_modules').map((name) => join(SITE, name)),
  );
  const files = ['package.json', 'typedoc.json', 'scripts/site.js'];
  const sources = await Promise.all([...folders.map(newestOf), ...files.map(timeOf)]);
  return Math.max(...sources) < (await timeOf(join(BUILT, 'index.html')));
}

/** What differs from the commit. */
export const readStatus = () =>
  spawnSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).stdout;
