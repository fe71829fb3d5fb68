import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readPages, root, type Document } from './documents.js';

/** What a heading is linked as. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

function findBroken({ file, text }: Document, pages: readonly Document[]): string[] {
  const links = Array.from(text.matchAll(/\]\((?!\w+:)([^)\s]*)\)/g), ([, link = '']) => link);
  return links.filter((link) => {
    const [target = '', anchor] = link.split('#');
    const to = target ? path.join(path.dirname(file), target) : file;
    if (!existsSync(path.join(root, to))) return true;
    const headings = pages.find((page) => page.file === to)?.text.match(/^#+ .*$/gm) ?? [];
    return anchor && !headings.some((heading) => toAnchor(heading.replace(/^#+ /, '')) === anchor);
  });
}

describe('every link between pages', () => {
  const pages = readPages();

  it.each(pages.map((page) => [page.file, page] as const))('leads somewhere in %s', (_, page) => {
    expect(findBroken(page, pages)).toEqual([]);
  });

  it('is really followed', () => {
    const page = {
      file: 'docs/x.md',
      text: '[a](nowhere.md) [b](../README.md#no) [c](../README.md)',
    };
    expect(findBroken(page, pages)).toEqual(['nowhere.md', '../README.md#no']);
  });
});
