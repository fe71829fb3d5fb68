// VitePress writes the text of a page three times: in its HTML, in a script for those who come by a link of the site, and
// as Markdown for models. Here the script has no text: a link reads it from the HTML, see theme/loadPage.ts.
import { changeSource } from './changeSource.js';

const LEAN = '.lean.js';
/** The whole page is HTML that was left out, and nothing in it is a component. */
const IS_HTML =
  /function [\w$]+\([^)]*\)\{return [\w$]+\(\),[\w$]+\("div",null,\[\.\.\.[\w$]+\[0\]\|\|\([\w$]+\[0\]=\[[\w$]+\("",\d+\)\]\)\]\)\}/;

/** What browsers get. @typedef {Record<string, { fileName: string, code?: string }>} Bundle */

/**
 * Leaves one script per page, of two: VitePress builds it with the text of the page, and "lean" without, for its HTML.
 * That of a page of HTML alone exports `isHtml`, and has no text.
 *
 * @param {Bundle} bundle
 * @throws Error if VitePress has not built both
 */
export function leanBundle(bundle) {
  const leans = Object.values(bundle).filter(({ fileName }) => fileName.endsWith(LEAN));
  if (leans.length === 0) throw new Error('VitePress has built no page without its text.');
  for (const lean of leans) {
    const name = lean.fileName.replace(LEAN, '.js');
    const [key, { code: whole = '' }] = Object.entries(bundle).find(
      ([, { fileName }]) => fileName === name,
    ) ?? ['', {}];
    if (!whole) throw new Error(`VitePress has built ${lean.fileName}, but no ${name}.`);
    const { code = '' } = lean;
    lean.code = IS_HTML.test(code) ? `${code}export const isHtml=!0;` : whole;
    Reflect.deleteProperty(bundle, key);
  }
}

const IMPORT = `import { loadPage } from '@site/.vitepress/theme/loadPage';`;

/** Where the client of VitePress wants the script of a page with its text. @type {Record<string, import('./changeSource.js').Changes>} */
const CHANGES = {
  // A link of the site.
  'app/index.js': [
    ['import RawTheme', `${IMPORT}\nimport RawTheme`],
    [
      `else {
                pageModule = import(/*@vite-ignore*/ pageFilePath);`,
      `else {
                pageModule = isInitialPageLoad ? import(/*@vite-ignore*/ pageFilePath) : loadPage(pageFilePath, path);`,
    ],
  ],
  // The parts of pages that a search has found.
  'theme-default/components/VPLocalSearchBox.vue': [
    ['import { pathToFile }', `${IMPORT}\nimport { pathToFile }`],
    ['await import(/*@vite-ignore*/ file)', `await loadPage(file, id.slice(0, id.indexOf('#')))`],
  ],
};

/**
 * @param {string} code of VitePress's client
 * @param {string} file of it
 */
export const toReader = (code, file) => changeSource(file, CHANGES[file] ?? [], code);

/** A plugin of Vite, for what browsers get. */
export const leanPages = () => ({
  name: 'lean-pages',
  /**
   * @param {object} _ config
   * @param {{ command: string, isSsrBuild?: boolean }} env
   */
  apply: (_, { command, isSsrBuild }) => command === 'build' && !isSsrBuild,
  enforce: /** @type {const} */ ('pre'),
  /**
   * @param {string} code
   * @param {string} id
   */
  transform(code, id) {
    const [, file = ''] = /\/vitepress\/dist\/client\/(.*)$/.exec(id) ?? [];
    return Object.hasOwn(CHANGES, file) ? toReader(code, file) : undefined;
  },
  generateBundle: {
    // After VitePress has put its pages there.
    order: /** @type {const} */ ('post'),
    /**
     * @param {object} _ options
     * @param {Bundle} bundle
     */
    handler(_, bundle) {
      leanBundle(bundle);
    },
  },
});
