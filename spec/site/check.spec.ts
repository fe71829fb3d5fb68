import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { checkLinks } from '../../site/build/checkLinks.js';
import { findLineFaults, findPageFaults } from '../../site/build/checkPages.js';
import { findMissed } from '../../site/build/checkSearch.js';
import { findTooLarge, measureSizes, renderParts } from '../../site/build/checkSizes.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A built site of these files. */
function build(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  folders.push(folder);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

describe('the check of links', () => {
  const PAGE = '<h1 id="top">Page</h1><a name="old"></a>';
  const check = (html: string, base = '/') =>
    checkLinks(
      build({ 'index.html': html, 'a/b.html': PAGE, 'a/index.html': '', 'x.svg': '' }),
      base,
    ).bad.map(({ fault }) => fault);

  it.each([
    '<a href="/a/b">',
    '<a class="x" href="./a/b.html#top">',
    '<a href="/a/b#old">',
    '<a href="/a/">',
    '<a href="/a/b?x=1">',
    '<img alt="" src="/x.svg">',
    '<a href="https://example.com/no#no">',
    '<a href="mailto:a@example.com">',
    '<h2 id="here"></h2><a href="#here">',
  ])('accepts %s', (html) => {
    expect(check(html)).toEqual([]);
  });

  it.each([
    ['<a href="/a/c">', 'there is no such file'],
    ['<a href="/a/b#bottom">', 'there is no such anchor'],
    ['<a href="#here">', 'there is no such anchor'],
    ['<img alt="" src="y.svg">', 'there is no such file'],
    ['<script type="module" src="/no.js">', 'there is no such file'],
    ['<link rel="stylesheet" href="/no.css">', 'there is no such file'],
  ])('refuses %s', (html, fault) => {
    expect(check(html)).toEqual([fault]);
  });

  it('knows the path of the site at its origin', () => {
    expect(check('<a href="/docs/a/b">', '/docs/')).toEqual([]);
    expect(check('<a href="/a/b">', '/docs/')).toEqual(['leaves the site']);
  });
});

describe('the check of pages', () => {
  const html = '<meta name="description" content="What it is.">';

  it('accepts pages that are there once, with a description', () => {
    const pages = [{ source: 'docs/a.md', target: 'a.md' }];
    expect(findPageFaults(build({ 'a.html': html }), pages)).toEqual([]);
  });

  it('finds one that is missing, one that is there twice, and one that nothing describes', () => {
    const pages = [
      { source: 'docs/a.md', target: 'a.md' },
      { source: 'site/a.md', target: 'a.md' },
      { source: 'docs/b.md', target: 'b.md' },
      { source: 'docs/c.md', target: 'c.md' },
    ];
    const folder = build({ 'a.html': html, 'c.html': html.replace('What it is.', '') });
    expect(findPageFaults(folder, pages)).toEqual([
      'a.md is made of both docs/a.md and site/a.md',
      'docs/b.md is not on the site',
      'docs/c.md does not begin with a sentence, which is what describes it',
    ]);
  });

  it('finds lines of llms.txt without a description, and those that are there twice', () => {
    const text = '# Title\n- [a](/a.md): what\n- [b](/b.md)\n\n## Other\n- [a](/a.md): what\n';
    expect(findLineFaults(text)).toEqual([
      'llms.txt does not say what this is: - [b](/b.md)',
      'llms.txt says twice: - [a](/a.md): what',
    ]);
  });
});

describe('the check of searches', () => {
  const results = ['/x#a', '/y', '/z#b', '/late'];

  it('wants the page among the first three', () => {
    expect(findMissed(() => results, { x: '/x', z: '/z' })).toEqual([]);
    expect(findMissed(() => results, { late: '/late' })).toEqual([
      'late does not find /late, but /x#a /y /z#b',
    ]);
  });
});

describe('the check of sizes', () => {
  const folder = () =>
    build({
      'assets/chunks/@localSearchIndexroot.x.js': 'a'.repeat(5000),
      'assets/chunks/editor.x.js': 'c'.repeat(2000),
      'index.html': 'b'.repeat(1000),
      'a/b.html': 'b'.repeat(500),
      CNAME: 'd',
    });

  it('adds up all files, and refuses what is over its limit', () => {
    const sizes = measureSizes(folder());
    expect(sizes.site).toBe(8501);
    expect(sizes.index).toBeLessThan(100);
    expect(findTooLarge(sizes, { site: 8501, index: 100 })).toEqual([]);
    expect(findTooLarge(sizes, { site: 8500, index: 10 })).toEqual([
      'site: 8501 bytes, of 8500',
      `index: ${String(sizes.index)} bytes, of 10`,
    ]);
  });

  it('says what the bytes are for, and leaves no file out', () => {
    const { parts, site } = measureSizes(folder());
    expect(renderParts(parts).split('\n')).toEqual([
      '     5 kB in    1 file : search index',
      '     2 kB in    1 file : scripts of the playground',
      '     2 kB in    2 files: pages, as HTML',
      '     0 kB in    1 file : the rest',
    ]);
    expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(site);
  });
});
