import { spawnSync } from 'node:child_process';
import { existsSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(__dirname, '../..');
const BUNDLE = join(ROOT, '.cache/demo.mjs');

/** `npm run demo` for one question, with a bundle of this age. */
function run(builtAt: Date) {
  if (existsSync(BUNDLE)) utimesSync(BUNDLE, builtAt, builtAt);
  const { OLLAMA_HOST: _, ...env } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, ['scripts/demo.mjs', '2 + 2'], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  return { answer: stdout.trimEnd().split('\n').at(-1), isBuilding: stderr.includes('Building') };
}

describe('npm run demo', () => {
  it('says that it builds when sources are newer, and builds from them', () => {
    expect(run(new Date(0))).toEqual({ answer: '2 + 2 = 4', isBuilding: true });
  });

  it('starts at once when they are not', () => {
    run(new Date(0));
    expect(run(new Date('2100-01-01'))).toEqual({ answer: '2 + 2 = 4', isBuilding: false });
    utimesSync(BUNDLE, new Date(0), new Date(0));
  });
});
