// The sidebars are read from the pages that list pages, so that there is no second list which can drift.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { toAddress } from './address.js';
import { listEntries } from './reference.js';

/**
 * @typedef {{ text: string, link: string }} SidebarLink
 * @typedef {{ text: string, items: SidebarLink[] }} SidebarGroup
 */

/** Each lists pages under headings. */
const DOCS = 'docs/README.md';
const VALUES = 'docs/operators/README.md';
const DECISIONS = 'docs/decisions/README.md';

const HEADING = /^## (.*)$/;
/** A line of a list, or a row of a table with a title in its second column: the first link is the page. */
const ENTRY = /^(?:- |\| )\[([^\]]*)\]\(([^)#]+\.md)\)(?: +\| (.*?) +\|)?/;

/** @param {string} text */
const stripCode = (text) => text.replaceAll('`', '');

/**
 * The headings of a page that lists pages, and under each one the pages.
 *
 * @param {string} text of that page
 * @param {string} source its file, from the root of the repository
 * @param {ReadonlyMap<string, string>} targets of the pages, by their source
 * @returns {SidebarGroup[]}
 */
export function readIndex(text, source, targets) {
  /** @type {SidebarGroup[]} */
  const groups = [{ text: /^# (.*)$/m.exec(text)?.[1] ?? '', items: [] }];
  for (const line of text.split('\n')) {
    const [, heading] = HEADING.exec(line) ?? [];
    if (heading) groups.push({ text: stripCode(heading), items: [] });
    const [, name, href, title = ''] = ENTRY.exec(line) ?? [];
    if (name === undefined || href === undefined) continue;
    const target = targets.get(join(dirname(source), href));
    if (target === undefined) throw new Error(`${source} lists ${href}, which is not a page.`);
    groups
      .at(-1)
      ?.items.push({ text: stripCode(`${name} ${title}`.trim()), link: toAddress(target) });
  }
  return groups.filter(({ items }) => items.length > 0);
}

/**
 * A sidebar per part of the site: all pages in each one would be most of the bytes of most pages.
 *
 * @param {ReadonlyMap<string, string>} targets
 * @returns {Record<string, SidebarGroup[]>}
 */
export function createSidebars(targets) {
  /** @param {string} source */
  const read = (source) => readIndex(readFileSync(source, 'utf8'), source, targets);
  const values = read(VALUES);
  const folders = values.flatMap(({ items }) =>
    items.map(({ link }) => link.replace(/[^/]*$/, '')),
  );
  return {
    // The first one, since llms.txt has this order.
    '/': read(DOCS),
    ...Object.fromEntries(folders.map((folder) => [folder, values])),
    '/decisions/': read(DECISIONS),
    '/reference/': [{ text: 'Reference', items: listEntries() }],
  };
}
