// The `fetch` of this library for Node, as it is built.

/** @type {typeof import('rxjs-ollama/node')} */
const { httpFetch } = await import(new URL('../../dist/esm/node/index.js', import.meta.url).href);

export { httpFetch };
