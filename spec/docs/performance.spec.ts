import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { root } from './documents.js';

interface Result {
  readonly figures: Record<string, { median: number }>;
}
interface Budgets {
  readonly speed: {
    readonly margin: number;
    readonly bars: { question: string; figure: string; max: number; allowed?: number }[];
  };
}

const run = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, [path.join('bench', script), ...args], {
    cwd: root,
    encoding: 'utf8',
  });

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('the performance page', () => {
  let results: string;

  /** Makes a figure `times` what its bar allows. */
  function measure(times: number): void {
    const { speed } = readJson(path.join(root, 'bench/budgets.json')) as Budgets;
    for (const { question, figure, max, allowed = max } of speed.bars) {
      const file = path.join(results, `${question}.json`);
      const result = readJson(file) as Result;
      const median = allowed * times;
      const figures = { ...result.figures, [figure]: { median, low: median, high: median } };
      writeFileSync(file, JSON.stringify({ ...result, figures }));
    }
  }

  beforeEach(() => {
    results = mkdtempSync(path.join(tmpdir(), 'results-'));
    cpSync(path.join(root, 'bench/results'), results, { recursive: true });
  });
  afterEach(() => {
    rmSync(results, { recursive: true });
  });

  it('is what the committed results render to, and so are its charts', () => {
    expect(run('report.mjs', '--check')).toMatchObject({ status: 0, stderr: '' });
  });

  it('is out of date when the results are others', () => {
    measure(0.5);
    const { status, stderr } = run('report.mjs', '--check', '--results', results);
    expect(stderr).toContain('docs/performance.md is not what the results render to');
    expect(status).toBe(1);
  });

  it('has bars that hold up to the margin for noise', () => {
    measure(1.04);
    expect(run('check.mjs', '--results', results)).toMatchObject({ status: 0, stderr: '' });
  });

  it('has bars that are missed beyond it, each with a message', () => {
    measure(1.06);
    const { status, stderr } = run('check.mjs', '--results', results);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /MISSED .*: 0\.58 \(.*\), at most 0\.55\n +transport\.json, "ours\/official"/,
    );
  });
});
