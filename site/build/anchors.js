/** @typedef {import('./markdown.js').State} State */

/**
 * The permalinks of headings, for markdown-it-anchor: as VitePress makes them, but with none for the hundreds of
 * `Returns` in the reference. An `id` they have all the same.
 *
 * @param {string} slug
 * @param {object} _ options
 * @param {State} state
 * @param {number} index of the heading
 */
export function renderPermalink(slug, _, { tokens, Token }, index) {
  const [heading, inline] = tokens.slice(index);
  if (!heading || !inline?.children || !/^h[123]$/.test(heading.tag)) return;
  const open = new Token('link_open', 'a', 1);
  open.attrs = [
    ['class', 'header-anchor'],
    ['href', `#${slug}`],
    ['aria-label', `Permalink to "${inline.content.replaceAll('`', '')}"`],
  ];
  const space = new Token('text', '', 0);
  space.content = ' ';
  const text = new Token('html_inline', '', 0);
  text.content = '&ZeroWidthSpace;';
  inline.children.push(space, open, text, new Token('link_close', 'a', -1));
}
