import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(__dirname, '../..');

/** A file that documents something. */
export interface Document {
  /** From the root of the repository. */
  readonly file: string;
  readonly text: string;
}

/** A block of code in a document. */
export interface CodeBlock {
  /** Where it begins: `file:line`. */
  readonly place: string;
  readonly code: string;
}

/** The files of a folder that end like that, from the root of the repository. */
export function listFiles(folder: string, ending: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.includes('node_modules'))
    .map((file) => path.join(folder, file));
}

export const readDocument = (file: string): Document => ({
  file,
  text: readFileSync(path.join(root, file), 'utf8'),
});

/** The Markdown that people read, which the reports in docs/api are not. */
export function readPages(): Document[] {
  const top = readdirSync(root).filter((file) => file.endsWith('.md'));
  return [...top, ...listFiles('docs', '.md'), ...listFiles('examples', '.md')]
    .filter((file) => !file.endsWith('.api.md'))
    .map(readDocument);
}

/** The sources, of which the comments are documentation. */
export function readSources(): Document[] {
  return listFiles('lib', '.ts').map(readDocument);
}

/** The TypeScript in a page, or in the comments of a source. */
export function findCode({ file, text }: Document): CodeBlock[] {
  return Array.from(text.matchAll(/^([ *]*)```ts\n([^]*?)^\1```$/gm), (match) => {
    const [, margin = '', code = ''] = match;
    const line = text.slice(0, match.index).split('\n').length;
    const lines = code.split('\n').map((each) => each.slice(Math.min(margin.length, each.length)));
    return { place: `${file}:${String(line)}`, code: lines.join('\n') };
  });
}
