// Puts the pages of the site where VitePress reads them: a build changes nothing in docs/.
import { cpSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describePage } from './description.js';
import { listPages, listPictures } from './pages.js';
import { renderReferenceIndex } from './reference.js';

/** Where VitePress reads, from the root of the repository. */
export const ASSEMBLED = '.cache/site';

/** Where VitePress writes. */
export const BUILT = '.cache/site-dist';

/** Pages that are looked up one by one have no next one. */
const READ_ON = /^(?:docs|start|concepts|guide|recipes|troubleshooting|migrate)\b/;

/**
 * @param {string} target
 * @param {string} text
 */
const renderFront = (target, text) =>
  [
    '---',
    `description: ${JSON.stringify(describePage(text))}`,
    ...(READ_ON.test(target) ? [] : ['prev: false', 'next: false']),
    '---\n\n',
  ].join('\n');

/**
 * @param {string} target
 * @param {string} text
 */
function writePage(target, text) {
  const file = join(ASSEMBLED, target);
  mkdirSync(dirname(file), { recursive: true });
  // Pages of site/ have front matter of their own.
  writeFileSync(file, text.startsWith('---\n') ? text : renderFront(target, text) + text);
}

/** @param {import('./pages.js').SitePage} page */
const copyPage = ({ source, target }) => {
  writePage(target, readFileSync(source, 'utf8'));
};

/** Like every npm script, it runs at the root of the repository. */
export function assemble() {
  rmSync(ASSEMBLED, { recursive: true, force: true });
  listPages().forEach(copyPage);
  writePage('reference/index.md', renderReferenceIndex());
  for (const { source, target } of listPictures()) cpSync(source, join(ASSEMBLED, target));
}

/** Follows changes of pages, while `npm run docs:dev` serves them. */
export function watchPages() {
  const pages = new Map(listPages().map((page) => [page.source, page]));
  for (const folder of ['docs', 'site']) {
    watch(folder, { recursive: folder === 'docs' }, (_, name) => {
      const page = pages.get(join(folder, name ?? ''));
      if (page) copyPage(page);
    });
  }
}
