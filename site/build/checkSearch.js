// Asks the index of the built site as its search box does.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import MiniSearch from 'minisearch';
import { MINI_SEARCH } from './search.js';

const CHUNKS = 'assets/chunks';

/** @param {string} folder of the built site */
export function findIndex(folder) {
  const file = readdirSync(join(folder, CHUNKS)).find((name) =>
    name.startsWith('@localSearchIndexroot'),
  );
  if (file === undefined) throw new Error(`${folder} has no search index.`);
  return join(folder, CHUNKS, file);
}

/**
 * @param {string} folder of the built site
 * @returns {Promise<(term: string) => string[]>} finds addresses, best first
 */
export async function openSearch(folder) {
  const module = /** @type {{ default: string }} */ (
    await import(pathToFileURL(resolve(findIndex(folder))).href)
  );
  const index = MiniSearch.loadJSON(module.default, {
    fields: ['title', 'titles', 'text'],
    storeFields: ['title', 'titles'],
    searchOptions: MINI_SEARCH.searchOptions,
  });
  return (term) => index.search(term).map(({ id }) => String(id));
}

/** What readers look for, and the page that they want, without its base. */
export const WANTED = {
  CORS: '/troubleshooting/cors',
  Angular: '/start/angular',
  Nest: '/guide/nest',
  timeout: '/operators/timeoutChat',
  autoscroll: '/recipes/autoscroll',
  markdown: '/recipes/markdown',
  stop: '/recipes/stop',
  proxy: '/troubleshooting/proxy-buffering',
  'for await': '/migrate/for-await',
  regenerate: '/recipes/regenerate',
  bufferForUi: '/operators/bufferForUi',
  marble: '/guide/testing',
};

/**
 * @param {(term: string) => string[]} search
 * @param {Readonly<Record<string, string>>} wanted
 * @returns {string[]} the terms that don't find their page among the first three
 */
export function findMissed(search, wanted = WANTED) {
  return Object.entries(wanted)
    .filter(
      ([term, page]) =>
        !search(term)
          .slice(0, 3)
          .some((id) => id.split('#')[0]?.endsWith(page)),
    )
    .map(
      ([term, page]) => `${term} does not find ${page}, but ${search(term).slice(0, 3).join(' ')}`,
    );
}
