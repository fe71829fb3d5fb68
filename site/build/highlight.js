/** The classes of what a token is, whose colors are in theme/code.css. */
const CLASSES = new Map([
  ['comment', 'c'],
  ['constant', 'n'],
  ['function', 'f'],
  ['keyword', 'k'],
  ['parameter', 'p'],
  ['string', 's'],
  ['string-expression', 's'],
]);

/** Of the names that the theme takes for constants, only these are ones. */
const LITERAL = /^\s*(?:\d.*|true|false|null|undefined|string|number|boolean|unknown|void|never)$/;

/** @typedef {import('hast').Element} Element */
/** @typedef {import('hast').ElementContent} Content */

/** @param {Content} node @returns {string} */
const textOf = (node) =>
  node.type === 'text'
    ? node.value
    : node.type === 'element'
      ? node.children.map(textOf).join('')
      : '';

/**
 * @param {Content} token of Shiki's theme of CSS variables
 * @returns {Content[]}
 */
function toClass(token) {
  if (token.type !== 'element') return [token];
  const [, kind = ''] = /--shiki-token-([a-z-]+)/.exec(String(token.properties.style)) ?? [];
  const name = CLASSES.get(kind);
  const text = textOf(token);
  // Signs are read by their shape.
  const isPlain = !/[\p{L}\d]/u.test(text) || (kind === 'constant' && !LITERAL.test(text));
  if (name === undefined || isPlain) return token.children;
  return [{ ...token, properties: { class: name } }];
}

/**
 * Classes in place of inline styles, and no element per line: VitePress's two themes of inline styles are more
 * than half of the bytes of a page.
 *
 * @type {import('shiki').ShikiTransformer}
 */
export const classesForTokens = {
  name: 'classes-for-tokens',
  pre(pre) {
    // VitePress's own class has colors for its two themes.
    pre.properties = { class: 'code', tabindex: '0', 'v-pre': '' };
  },
  code(code) {
    code.children = code.children.flatMap((line) =>
      line.type === 'element' ? line.children.flatMap(toClass) : [line],
    );
  },
};
