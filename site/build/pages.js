// Which files are pages of the site, and where: the pages of site/, every page of docs/, and the reference.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path/posix';

/**
 * @typedef {object} SitePage
 * @property {string} source the file, from the root of the repository
 * @property {string} target the file that VitePress reads, from the root of the site
 */

/** Reports for reviews of the public signatures: nobody reads them as pages. */
const REPORTS = 'docs/api/';

/** The folder that TypeDoc writes to. */
export const REFERENCE = '.cache/typedoc';

/**
 * @param {string} folder
 * @param {string} ending
 */
const listFiles = (folder, ending) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith(ending))
    .sort();

/** @param {string} file in docs/ */
const toTarget = (file) =>
  file === 'README.md' ? 'docs.md' : file.replace(/README\.md$/, 'index.md');

/** @returns {SitePage[]} */
const listOwn = () =>
  readdirSync('site')
    .filter((file) => file.endsWith('.md'))
    .map((file) => ({ source: join('site', file), target: file }));

/** @returns {SitePage[]} */
const listDocs = () =>
  listFiles('docs', '.md')
    .map((file) => ({ source: join('docs', file), target: toTarget(file) }))
    .filter(({ source }) => !source.startsWith(REPORTS));

/**
 * The pages that TypeDoc has made: one per entry, the main one is `index.md`. None before it has run.
 * @returns {SitePage[]}
 */
export const listReference = () =>
  (existsSync(REFERENCE) ? listFiles(REFERENCE, '.md') : [])
    .filter((file) => file !== 'README.md')
    .map((file) => {
      const name = file === 'index.md' ? 'rxjs-ollama' : file.slice(0, -'.md'.length);
      return { source: join(REFERENCE, file), target: join('reference', name, 'index.md') };
    });

/**
 * All pages. Like every npm script, it runs at the root of the repository.
 * @returns {SitePage[]}
 */
export const listPages = () => [...listOwn(), ...listDocs(), ...listReference()];

/**
 * The pictures that pages show, with the same names on the site.
 * @returns {SitePage[]}
 */
export const listPictures = () =>
  listFiles('docs', '.svg').map((file) => ({ source: join('docs', file), target: file }));
