// Puts a link to the playground below each diagram that it can play. The pages of docs/ stay plain Markdown.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @typedef {import('../build/markdown.js').State} State */

const DIAGRAM = /diagrams\/([\w-]+)\.svg$/;

/** @param {string} name */
const isPlayable = (name) =>
  existsSync(fileURLToPath(new URL(`diagrams/${name}.json`, import.meta.url)));

/** @param {string} base of the site, with a slash at its end */
export const createPlaygroundRule = (base) => (/** @type {State} */ state) => {
  for (const { children } of state.tokens) {
    const names = (children ?? []).flatMap((token) =>
      token.type === 'image' ? (DIAGRAM.exec(token.attrGet('src') ?? '')?.slice(1) ?? []) : [],
    );
    for (const name of names.filter(isPlayable)) {
      const link = new state.Token('html_inline', '', 0);
      link.content = `<a class="pg-open" href="${base}playground#diagram=${name}">Open in the playground</a>`;
      children?.push(link);
    }
  }
};
