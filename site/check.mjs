// Checks the built site: links, pages, search and sizes.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { readAddresses } from './build/addresses.js';
import { BUILT } from './build/assemble.js';
import { checkLinks } from './build/checkLinks.js';
import { findLineFaults, findPageFaults } from './build/checkPages.js';
import { findMissed, openSearch, WANTED } from './build/checkSearch.js';
import { findTooLarge, LIMITS, measureSizes, renderParts } from './build/checkSizes.js';
import { listPages } from './build/pages.js';

if (!existsSync(join(BUILT, 'index.html'))) {
  throw new Error(`There is no site in ${BUILT}: run \`npm run docs\` first.`);
}
const pages = listPages();
const { links, bad } = checkLinks(BUILT, readAddresses().homepage.base);
const sizes = measureSizes(BUILT);
const faults = [
  ...bad.map(({ page, link, fault }) => `${page} links to ${link}: ${fault}`),
  ...findPageFaults(BUILT, pages),
  ...findLineFaults(readFileSync(join(BUILT, 'llms.txt'), 'utf8')),
  ...findMissed(await openSearch(BUILT)),
  ...findTooLarge(sizes),
];
/** @param {number} bytes */
const inMegabytes = (bytes) => (bytes / 1e6).toFixed(2);
console.log(
  `${inMegabytes(sizes.site)} MB of ${inMegabytes(LIMITS.site)}:\n${renderParts(sizes.parts)}`,
);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(
  `${String(pages.length)} pages, ${String(links)} links and ${String(Object.keys(WANTED).length)} searches are right. ` +
    `The search index has ${(sizes.index / 1e3).toFixed(0)} kB, gzipped.`,
);
