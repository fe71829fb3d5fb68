// Links of pages into the repository, which has no pages on the site: one rule of markdown-it for all of them.
import { dirname, join, relative } from 'node:path/posix';

/**
 * @typedef {import('./markdown.js').State} State
 * @typedef {import('./markdown.js').Token} Token
 */

/** What has a scheme, is of the site already, or stays on the page. */
const ELSEWHERE = /^(?:[a-z][a-z\d+.-]*:|\/|#)/i;

/**
 * @param {object} options
 * @param {ReadonlyMap<string, string>} options.targets of the pages and the pictures, by their source
 * @param {string | undefined} options.files the address of the repository's files; without it a link is shown as
 * the path
 */
export function createLinkRule({ targets, files }) {
  const sources = new Map(Array.from(targets, ([source, target]) => [target, source]));

  /**
   * @param {string} page a target
   * @param {string} href
   * @returns {{ href: string } | { path: string } | undefined} nothing to change, if it is undefined
   */
  function resolve(page, href) {
    const source = sources.get(page);
    if (source === undefined || ELSEWHERE.test(href)) return undefined;
    const [file = '', anchor] = href.split('#');
    const path = join(dirname(source), file);
    const hash = anchor === undefined ? '' : `#${anchor}`;
    const target = targets.get(path) ?? targets.get(join(path, 'README.md'));
    if (target !== undefined) {
      const to = relative(dirname(page), target);
      return { href: `${to.startsWith('.') ? to : `./${to}`}${hash}` };
    }
    return files === undefined ? { path } : { href: `${files}/${path}${hash}` };
  }

  /**
   * @param {Token} open
   * @param {Token} close
   * @param {Token[]} between
   * @param {State} state
   * @param {string} path
   */
  function showPath(open, close, between, state, path) {
    open.tag = close.tag = 'span';
    open.attrs = [['class', 'repository-path']];
    const text = between.map(({ content }) => content).join('');
    const code = new state.Token('code_inline', 'code', 0);
    code.content = path;
    if (text === path) return [code];
    const space = new state.Token('text', '', 0);
    space.content = ' ';
    return [...between, space, code];
  }

  /** @param {State} state */
  return (state) => {
    const page = state.env.relativePath ?? '';
    for (const { children } of state.tokens) {
      for (let at = 0; children && at < children.length; at++) {
        const open = children[at];
        if (open?.type !== 'link_open') continue;
        const found = resolve(page, open.attrGet('href') ?? '');
        if (found === undefined) continue;
        if ('href' in found) {
          open.attrSet('href', found.href);
          continue;
        }
        const end = children.findIndex(({ type }, index) => index > at && type === 'link_close');
        const close = children[end];
        if (!close) continue;
        const shown = showPath(open, close, children.slice(at + 1, end), state, found.path);
        children.splice(at + 1, end - at - 1, ...shown);
      }
    }
  };
}
