import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Pages that are missing, that are there twice, or that nothing describes.
 *
 * @param {string} folder of the built site
 * @param {readonly import('./pages.js').SitePage[]} pages
 * @returns {string[]}
 */
export function findPageFaults(folder, pages) {
  /** @type {Map<string, string>} */
  const sources = new Map();
  return pages.flatMap(({ source, target }) => {
    const first = sources.get(target);
    sources.set(target, source);
    if (first !== undefined) return [`${target} is made of both ${first} and ${source}`];
    const file = join(folder, target.replace(/\.md$/, '.html'));
    if (!existsSync(file)) return [`${source} is not on the site`];
    const [, description] =
      /<meta name="description" content="([^"]*)">/.exec(readFileSync(file, 'utf8')) ?? [];
    return description
      ? []
      : [`${source} does not begin with a sentence, which is what describes it`];
  });
}

/**
 * Lines of llms.txt that link to a page and don't say what it is about, or that are there twice.
 * @param {string} text
 */
export const findLineFaults = (text) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('- ['))
    .flatMap((line, at, lines) => [
      ...(/\]\([^)]*\)\s*$/.test(line) ? [`llms.txt does not say what this is: ${line}`] : []),
      ...(lines.indexOf(line) < at ? [`llms.txt says twice: ${line}`] : []),
    ]);
