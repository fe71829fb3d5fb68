// Builds the site of the documentation into .cache/site-dist. With `fresh` it does so only if something has changed
// since; with `dev` it serves the site, and follows changes.
import process from 'node:process';
import { isSiteFresh, prepareSite, readStatus, runVitePress } from './site.js';

const [, , task] = process.argv;
if (task !== 'fresh' || !(await isSiteFresh())) {
  const before = readStatus();
  await prepareSite();
  runVitePress(task === 'dev' ? 'dev' : 'build');
  if (readStatus() !== before) throw new Error(`The build has changed files:\n${readStatus()}`);
}
