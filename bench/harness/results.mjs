import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {import('./contest.mjs').Findings & {
 *   question: string,
 *   date: string,
 *   rounds: number,
 *   machine: Record<string, string | number>,
 *   versions: Record<string, string>,
 * }} Result
 */

export const QUESTIONS = [
  'transport',
  'pipeline',
  'longLines',
  'partialJson',
  'calls',
  'cancel',
  'disconnect',
  'concurrency',
  'events',
  'otel',
  'pool',
  'burst',
  'memory',
  'bigAnswer',
  'markdown',
  'operators',
  'browser',
  'compare',
];

const toPath = (/** @type {string} */ folder) => fileURLToPath(new URL(folder, import.meta.url));

/** Those of whole runs, which are committed. */
export const RESULTS = toPath('../results');
/** Those of quick runs, which are not. */
export const QUICK_RESULTS = toPath('../../.cache/bench');

/**
 * @param {string} folder
 * @param {string} question
 */
export async function readResult(folder, question) {
  /** @type {Result} */
  const result = JSON.parse(await readFile(join(folder, `${question}.json`), 'utf8'));
  return result;
}
