import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findIndex } from './checkSearch.js';

/** In bytes. Of the site, every file counts. */
export const LIMITS = { site: 8_000_000, index: 80_000 };

/** What a file is for: the first one that fits. @type {readonly (readonly [string, RegExp])[]} */
const PARTS = [
  ['pages, as HTML', /\.html$/],
  ['pages, as Markdown for models', /\.md$|^llms\.txt$/],
  ['scripts of single pages', /\.lean\.js$/],
  ['scripts of the playground', /\/(?:editor|mount|virtual_playground-\w+)\.[^/]*\.js$/],
  ['search index', /\/@localSearchIndex[^/]*\.js$/],
  ['scripts of all pages', /\.js$/],
  ['pictures', /\.svg$/],
  ['styles and the font', /\.(?:css|woff2)$/],
  ['the rest', /^/],
];

/** @param {string} file */
const findPart = (file) => PARTS.find(([, pattern]) => pattern.test(file))?.[0];

/**
 * @typedef {{ part: string, files: number, bytes: number }} Part
 *
 * @param {string} folder of the built site
 */
export function measureSizes(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => ({ file: file.replaceAll('\\', '/'), info: statSync(join(folder, file)) }))
    .filter(({ info }) => info.isFile())
    .map(({ file, info }) => ({ part: findPart(file), bytes: info.size }));
  /** @param {readonly { bytes: number }[]} of */
  const sum = (of) => of.reduce((total, { bytes }) => total + bytes, 0);
  return {
    site: sum(files),
    /** Gzipped: it is what the first search loads. */
    index: gzipSync(readFileSync(findIndex(folder))).length,
    /** What makes up the site, the largest first. @type {Part[]} */
    parts: PARTS.map(([part]) => ({ part, of: files.filter((file) => file.part === part) }))
      .filter(({ of }) => of.length > 0)
      .map(({ part, of }) => ({ part, files: of.length, bytes: sum(of) }))
      .sort((a, b) => b.bytes - a.bytes),
  };
}

/**
 * @param {{ site: number, index: number }} sizes
 * @param {typeof LIMITS} limits
 * @returns {string[]} those over their limit
 */
export const findTooLarge = (sizes, limits = LIMITS) =>
  /** @type {const} */ (['site', 'index'])
    .filter((name) => sizes[name] > limits[name])
    .map((name) => `${name}: ${String(sizes[name])} bytes, of ${String(limits[name])}`);

/** @param {readonly Part[]} parts */
export const renderParts = (parts) =>
  parts
    .map(({ part, files, bytes }) => {
      const [size, count] = [(bytes / 1e3).toFixed(0).padStart(6), String(files).padStart(4)];
      return `${size} kB in ${count} ${files === 1 ? 'file ' : 'files'}: ${part}`;
    })
    .join('\n');
