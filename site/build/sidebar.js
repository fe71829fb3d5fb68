// The sidebar is read from the pages that list pages, so that there is no second list which can drift.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';

/** @typedef {{ text: string, link?: string, items?: SidebarItem[], collapsed?: boolean }} SidebarItem */

const HEADING = /^## (.*)$/;
/** A line of a list, or a row of a table with a title in its second column: the first link is the page. */
const ENTRY = /^(?:- |\| )\[([^\]]*)\]\(([^)#]+\.md)\)(?: +\| (.*?) +\|)?/;

/** @param {string} text */
const stripCode = (text) => text.replaceAll('`', '');

/**
 * The headings of a page that lists pages, and under each one the pages.
 *
 * @param {string} source from the root of the repository
 * @param {ReadonlyMap<string, string>} targets of the pages, by their source
 * @returns {SidebarItem[]}
 */
export function readIndex(source, targets) {
  /** @type {(SidebarItem & { items: SidebarItem[] })[]} */
  const groups = [];
  for (const line of readFileSync(source, 'utf8').split('\n')) {
    const [, heading] = HEADING.exec(line) ?? [];
    if (heading) groups.push({ text: stripCode(heading), items: [] });
    const [, text, href, title = ''] = ENTRY.exec(line) ?? [];
    if (text === undefined || href === undefined) continue;
    const file = join(dirname(source), href);
    const target = targets.get(file);
    if (target === undefined) throw new Error(`${source} lists ${href}, which is no page.`);
    if (groups.length === 0) groups.push({ text: '', items: [] });
    groups.at(-1)?.items.push({ text: stripCode(`${text} ${title}`.trim()), link: toLink(target) });
  }
  return groups.filter(({ items }) => items.length > 0);
}

/**
 * The address of a page on the site.
 * @param {string} target
 */
export const toLink = (target) => `/${target.replace(/(?:(?<=^|\/)index)?\.md$/, '')}`;

/** The pages of values, and the one that lists them. */
const VALUES = 'docs/operators/README.md';
const DECISIONS = 'docs/decisions/README.md';

/**
 * A sidebar per part of the site: one of everything would be most of the bytes of most pages.
 *
 * @param {ReadonlyMap<string, string>} targets
 * @returns {Record<string, SidebarItem[]>}
 */
export function createSidebar(targets) {
  const values = readIndex(VALUES, targets);
  const folders = new Set(
    values.flatMap(({ items = [] }) => items.map(({ link = '' }) => link.replace(/[^/]*$/, ''))),
  );
  return {
    ...Object.fromEntries(Array.from(folders, (folder) => [folder, values])),
    '/decisions/': readIndex(DECISIONS, targets),
    '/': readIndex('docs/README.md', targets),
  };
}
