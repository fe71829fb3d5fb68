// Puts the pages of the site where VitePress reads them. A build changes nothing in docs/.
import { cpSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describePage } from './description.js';
import { listPages, listPictures, listReference } from './pages.js';

/** Where VitePress reads, from the root of the repository. */
export const ASSEMBLED = '.cache/site';

/** Where VitePress writes. */
export const BUILT = '.cache/site-dist';

/** @param {{ source: string, target: string }} page */
function writePage({ source, target }) {
  const text = readFileSync(source, 'utf8');
  const file = join(ASSEMBLED, target);
  mkdirSync(dirname(file), { recursive: true });
  // The landing page and the playground say themselves what they are.
  if (text.startsWith('---\n')) writeFileSync(file, text);
  else {
    const description = JSON.stringify(describePage(text));
    writeFileSync(file, `---\ndescription: ${description}\n---\n\n${text}`);
  }
}

/** Like every npm script, it runs at the root of the repository. */
export function assemble() {
  rmSync(ASSEMBLED, { recursive: true, force: true });
  for (const page of [...listPages(), ...listReference()]) writePage(page);
  for (const { source, target } of listPictures()) {
    cpSync(source, join(ASSEMBLED, target));
  }
}

/** Follows changes of pages that exist, while `docs:dev` runs. */
export function watchPages() {
  const pages = new Map(listPages().map((page) => [page.source, page]));
  for (const folder of ['docs', 'site']) {
    watch(folder, { recursive: folder === 'docs' }, (_, name) => {
      const page = pages.get(join(folder, name ?? ''));
      if (page) writePage(page);
    });
  }
}
