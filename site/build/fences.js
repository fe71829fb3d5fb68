/**
 * A rule of markdown-it: a block in no language is plain text for Shiki, which knows no `none`.
 * @param {import('./markdown.js').State} state
 */
export function renderPlainFences({ tokens }) {
  for (const token of tokens) {
    if (token.type === 'fence' && token.info === 'none') token.info = 'text';
  }
}
