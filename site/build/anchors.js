/** @typedef {import('./markdown.js').State} State */

/**
 * The permalinks of headings, for markdown-it-anchor: as VitePress makes them, but with none in the reference below
 * its parts: these have hundreds of headings. An `id` they have all the same.
 *
 * @param {string} slug
 * @param {object} _ options
 * @param {State} state
 * @param {number} index of the heading
 */
export function renderPermalink(slug, _, { tokens, env, Token }, index) {
  const [heading, inline] = tokens.slice(index);
  const linked = env.relativePath?.startsWith('reference/') ? /^h[12]$/ : /^h[123]$/;
  if (!heading || !inline?.children || !linked.test(heading.tag)) return;
  const open = new Token('link_open', 'a', 1);
  open.attrs = [
    ['class', 'header-anchor'],
    ['href', `#${slug}`],
    // The heading that it stands in says to what.
    ['aria-label', 'Permalink'],
  ];
  const space = new Token('text', '', 0);
  space.content = ' ';
  const text = new Token('html_inline', '', 0);
  text.content = '&ZeroWidthSpace;';
  inline.children.push(space, open, text, new Token('link_close', 'a', -1));
}
