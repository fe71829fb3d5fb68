// Checks the links of the built site: VitePress itself sees neither anchors, nor pictures, nor what is not a page.
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path/posix';

/** @typedef {{ page: string, link: string, fault: string }} BadLink */

/** What opens something else than a page of this site. */
const ELSEWHERE = /^(?:[a-z][a-z\d+.-]*:|\/\/)/i;
const REFERENCES = /<(?:a|img|link|script|source|iframe)\b[^>]*?\s(?:href|src)="([^"]*)"/g;
const ANCHORS = /\s(?:id|name)="([^"]*)"/g;

/** @type {Readonly<Record<string, string>>} */
const ENTITIES = { '&amp;': '&', '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>' };
/** @param {string} text */
const decode = (text) =>
  text.replace(/&(?:amp|quot|lt|gt|#39);/g, (each) => ENTITIES[each] ?? each);

/**
 * @param {string} text HTML
 * @param {RegExp} pattern
 */
const findAll = (text, pattern) =>
  Array.from(text.matchAll(pattern), ([, found = '']) => decode(found));

/**
 * The links of all pages that lead nowhere.
 *
 * @param {string} folder of the built site
 * @param {string} base the path of the site at its origin
 * @returns {{ pages: number, links: number, bad: BadLink[] }}
 */
export function checkLinks(folder, base) {
  const files = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
      file.replaceAll('\\', '/'),
    ),
  );
  const pages = new Map(
    Array.from(files)
      .filter((file) => file.endsWith('.html'))
      .map((file) => {
        const html = readFileSync(join(folder, file), 'utf8');
        const anchors = new Set(findAll(html, ANCHORS));
        return [file, { links: findAll(html, REFERENCES), anchors }];
      }),
  );

  /** @param {string} path from the base */
  const toFile = (path) =>
    [path, `${path}.html`, join(path, 'index.html')].find(
      (file) => files.has(file) && /\.\w+$/.test(file),
    );

  /**
   * @param {string} page
   * @param {string} link
   * @returns {string | undefined} what is wrong
   */
  function findFault(page, link) {
    if (ELSEWHERE.test(link)) return undefined;
    const [path = '', hash] = link.split('#');
    const here = resolve(base, page);
    const absolute = path === '' ? here : resolve(here, '..', path.split('?')[0] ?? '');
    if (!`${absolute}/`.startsWith(base)) return 'leaves the site';
    const file = toFile(decodeURIComponent(absolute.slice(base.length)));
    if (file === undefined) return 'there is no such file';
    const anchors = pages.get(file)?.anchors;
    // The playground keeps what it shows behind the `#`.
    if (
      !hash ||
      file === 'playground.html' ||
      anchors === undefined ||
      anchors.has(decodeURIComponent(hash))
    )
      return undefined;
    return 'there is no such anchor';
  }

  /** @type {BadLink[]} */
  const bad = [];
  let count = 0;
  for (const [page, { links }] of pages) {
    for (const link of links) {
      count++;
      const fault = findFault(page, link);
      if (fault !== undefined) bad.push({ page, link, fault });
    }
  }
  return { pages: pages.size, links: count, bad };
}
