import path from 'node:path';
import type { Documented, Reference } from './reference.js';

/** Makes a link of a name, or of a name and a member as in `Conversation.destroy`. */
export type Link = (name: string) => string;

/** The page of all types. */
export const TYPES_PAGE = 'docs/types.md';

export const toPage = ({ kind, name }: Pick<Documented, 'kind' | 'name'>): string =>
  `docs/${kind}/${name}.md`;

export const relate = (page: string, file: string): string =>
  path.relative(path.dirname(page), file);

/** Links from a page to the pages of values, and to the headings of types. */
export function createLink({ documented, names }: Reference, page: string): Link {
  return (text) => {
    const [name = ''] = text.split('.');
    const itself = documented.find((each) => each.name === name);
    if (itself) return `[\`${text}\`](${relate(page, toPage(itself))})`;
    if (!names.has(name)) throw new Error(`${page} links to ${name}, which is not exported.`);
    const types = page === TYPES_PAGE ? '' : relate(page, TYPES_PAGE);
    return `[\`${text}\`](${types}#${name.toLowerCase()})`;
  };
}

/** A text of a comment, with Markdown's links in place of TSDoc's. */
export const applyLinks = (text: string, link: Link): string =>
  text.replace(/\{@link\s+([\w.]+)\}/g, (_, name: string) => link(name));
