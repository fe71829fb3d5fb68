// This library, as it is built.

/**
 * @typedef {{ '': typeof import('rxjs-ollama'), 'otel': typeof import('rxjs-ollama/otel'), 'testing/node': typeof import('rxjs-ollama/testing/node') }} Entries
 */

/**
 * @template {keyof Entries} E
 * @param {E} entry
 * @returns {Promise<Entries[E]>}
 */
export const library = (entry) =>
  import(new URL(`../../dist/esm/${entry}${entry && '/'}index.js`, import.meta.url).href);
