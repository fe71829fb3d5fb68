// A gateway with this library, as it is built.
import { chat } from './ours.mjs';

/** @type {typeof import('rxjs-ollama/node')} */
const { pipeToResponse } = await import(
  new URL('../../dist/esm/node/index.js', import.meta.url).href
);

/** @type {import('../questions/disconnect.mjs').Answer} */
export const answer = (host, model, response) => {
  void pipeToResponse(chat(host, model), response);
};
