import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findIndex } from './checkSearch.js';

/** The scripts of the playground alone, which has limits of its own. */
const OF_PLAYGROUND = /(?:^|\/)(?:editor|mount|virtual_playground-\w+)\.[^/]*\.js$/;

/** In bytes. */
export const LIMITS = { site: 8 * 2 ** 20, index: 80_000 };

/** @param {string} folder of the built site */
export function measureSizes(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => !OF_PLAYGROUND.test(file.replaceAll('\\', '/')))
    .map((file) => statSync(join(folder, file)))
    .filter((info) => info.isFile());
  return {
    site: files.reduce((sum, { size }) => sum + size, 0),
    /** Gzipped: it is what the first search loads. */
    index: gzipSync(readFileSync(findIndex(folder))).length,
  };
}

/**
 * @param {ReturnType<typeof measureSizes>} sizes
 * @param {typeof LIMITS} limits
 * @returns {string[]} those over their limit
 */
export const findTooLarge = (sizes, limits = LIMITS) =>
  /** @type {const} */ (['site', 'index'])
    .filter((name) => sizes[name] > limits[name])
    .map((name) => `${name}: ${String(sizes[name])} bytes, of ${String(limits[name])}`);
