// Which files are pages of the site, and where: every page of docs/, the pages of site/, and the reference.
import { readdirSync } from 'node:fs';
import { join } from 'node:path/posix';

/**
 * @typedef {object} SitePage
 * @property {string} source the file, from the root of the repository
 * @property {string} target the file that VitePress reads, from the root of the site
 */

/** Reports for reviews of the public signatures: nobody reads them as pages. */
const REPORTS = 'docs/api/';

/**
 * @param {string} folder
 * @param {string} ending
 */
const listFiles = (folder, ending) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file.replaceAll('\\', '/')))
    .filter((file) => file.endsWith(ending))
    .sort();

/** @param {string} source a page of docs/ */
function toTarget(source) {
  const file = source.slice('docs/'.length);
  return file === 'README.md' ? 'docs.md' : file.replace(/README\.md$/, 'index.md');
}

/** @param {string} source */
const fromSource = (source) => ({ source, target: toTarget(source) });

/**
 * Like every npm script, it runs at the root of the repository.
 * @returns {SitePage[]}
 */
export function listPages() {
  const docs = listFiles('docs', '.md').filter((file) => !file.startsWith(REPORTS));
  const own = readdirSync('site').filter((file) => file.endsWith('.md') && file !== 'README.md');
  return [
    ...own.map((file) => ({ source: join('site', file), target: file })),
    ...docs.map(fromSource),
  ];
}

/** The folder that TypeDoc writes to. */
export const REFERENCE = '.cache/typedoc';

/**
 * The pages that TypeDoc has made.
 * @returns {SitePage[]}
 */
export const listReference = () =>
  listFiles(REFERENCE, '.md').map((source) => ({
    source,
    target: join('reference', source.slice(REFERENCE.length)),
  }));

/**
 * The pictures that pages show, with the same names on the site.
 * @returns {SitePage[]}
 */
export const listPictures = () =>
  listFiles('docs', '.svg').map((source) => ({ source, target: source.slice('docs/'.length) }));
