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

/**
 * @typedef {{
 *   'node/pool/host': typeof import('../../lib/node/pool/host.js'),
 *   'node/pool/pace': typeof import('../../lib/node/pool/pace.js'),
 *   'node/pool/rankHosts': typeof import('../../lib/node/pool/rankHosts.js'),
 * }} Modules
 */

/**
 * A module that is not an entry: what is measured is the code that users run.
 * @template {keyof Modules} M
 * @param {M} name
 * @returns {Promise<Modules[M]>}
 */
export const loadModule = (name) =>
  import(new URL(`../../dist/esm/${name}.js`, import.meta.url).href);
