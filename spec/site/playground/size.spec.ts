import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { BUILT } from '../../../site/build/assemble.js';

describe('the size', () => {
  const CHUNKS = join(BUILT, 'assets/chunks');
  const find = (name: string): string => {
    const file = readdirSync(CHUNKS).find((each) => each.startsWith(`${name}.`));
    if (!file) throw new Error(`${name} is not built.`);
    return file;
  };
  const measure = (file: string) => gzipSync(readFileSync(join(CHUNKS, file))).length;

  it('of the worker is 50 kB at most', () => {
    expect(measure(find('virtual_playground-worker'))).toBeLessThanOrEqual(50_000);
  });

  it('of the page before the editor is 30 kB at most, without what every page has', () => {
    const seen = new Set<string>();
    const add = (file: string): void => {
      if (seen.has(file) || /^(?:framework|theme)\./.test(file)) return;
      seen.add(file);
      const code = readFileSync(join(CHUNKS, file), 'utf8');
      for (const [, other = ''] of code.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
        add(other);
    };
    add(find('mount'));
    const sum = [...seen].reduce((total, file) => total + measure(file), 0);
    expect(sum).toBeGreaterThan(10_000);
    expect(sum).toBeLessThanOrEqual(30_000);
  });
});
