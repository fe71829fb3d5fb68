// Installs and builds examples/angular, for the demo and for its browser specs: only what is out of date.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { newestIn, timeOf } from './newest.js';

const EXAMPLE = 'examples/angular';
const INSTALLED = join(EXAMPLE, 'node_modules');

/** @param {readonly string[]} files of the example */
const timesOf = (...files) => Promise.all(files.map((file) => timeOf(join(EXAMPLE, file))));

/**
 * @param {string} what is said, because it takes a while
 * @param {readonly string[]} args of npm
 */
function run(what, args) {
  process.stderr.write(`${what} …\n`);
  const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

/** The folder with the built page. Like every npm script, it runs at the root. */
export async function buildAngularExample() {
  const library = await timeOf('dist/esm/index.js');
  if (library < (await newestIn('lib'))) run('Building the library', ['run', 'build']);

  const copy = join(INSTALLED, 'rxjs-ollama');
  const copied = await timeOf(join(copy, 'dist/esm/index.js'));
  const installed = await timeOf(join(INSTALLED, '.package-lock.json'));
  const [wanted = 0] = await timesOf('package.json');
  if (copied < (await timeOf('dist/esm/index.js')) || installed < wanted) {
    // npm takes a copy of the same version for the same.
    rmSync(copy, { recursive: true, force: true });
    run('Installing the page', ['install', '--prefix', EXAMPLE, '--no-audit', '--no-fund']);
  }

  const sources = Math.max(
    await newestIn(join(EXAMPLE, 'src')),
    await newestIn(join(EXAMPLE, 'public')),
    await newestIn(copy),
    ...(await timesOf('angular.json', 'tsconfig.json')),
  );
  const [built = 0] = await timesOf('dist/index.html');
  if (built < sources) run('Building the page', ['run', 'build', '--prefix', EXAMPLE]);
  return join(EXAMPLE, 'dist');
}
