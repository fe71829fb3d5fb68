import { toAddress } from './address.js';
import { listReference } from './pages.js';

/**
 * The entries of the package, each with the address of its page, the main one first.
 * @returns {{ text: string, link: string }[]}
 */
export function listEntries() {
  const entries = listReference().map(({ target }) => {
    const [, name = ''] = /^reference\/(.*)\/index\.md$/.exec(target) ?? [];
    const text = name === 'rxjs-ollama' ? name : `rxjs-ollama/${name}`;
    return { text, link: toAddress(target) };
  });
  return entries.sort((a, b) => a.text.localeCompare(b.text));
}

/** The page that leads to those of the entries. TypeDoc's own doesn't know the names of imports. */
export function renderReferenceIndex() {
  const lines = listEntries().map(({ text, link }) => `- [\`${text}\`](${link})`);
  const about = 'Every exported name with its types, by the entry that it is imported from.';
  return `# Reference\n\n${about} The [pages of values](/operators/) explain them, with diagrams.\n\n${lines.join('\n')}\n`;
}
