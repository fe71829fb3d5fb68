/** What contestants are called in tables and charts; what is not here is called as it is. @type {Record<string, string>} */
const NAMES = {
  ours: 'rxjs-ollama',
  httpFetch: 'rxjs-ollama, httpFetch',
  traced: 'rxjs-ollama, traced',
  official: 'ollama, bare loop',
  limit: 'fetch + JSON.parse',
  bridge: 'pipeToResponse',
  proxy: 'node:http proxy',
  handwritten: 'RxJS by hand',
  langchain: '@langchain/ollama',
  tanstack: '@tanstack/ai',
  ai: 'ai (Vercel)',
  accumulated: 'rxjs-ollama, accumulated',
  after: 'bufferForUi, then message',
  before: 'message, then auditTime',
  every: 'message at each chunk',
  source: 'no operator',
  message: 'accumulateMessage',
  calls: 'collectToolCalls',
  whole: 'all of it, every chunk',
  frame: 'all of it, every frame',
  block: 'last block, every frame',
  parse: 'no operator',
  pool: 'createOllamaPool',
  warmFirst: 'a warm host first',
  leastConnections: 'least connections',
  roundRobin: 'round robin',
};

export const toName = (/** @type {string} */ who) => NAMES[who] ?? who;

const KIB = 1024;

/**
 * A number on an axis or in a column, such as 8 MiB.
 * @param {number} value
 * @param {string | undefined} unit
 */
export function toAmount(value, unit) {
  if (unit === 'bytes') {
    return value < KIB * KIB ? `${String(value / KIB)} KiB` : `${String(value / KIB / KIB)} MiB`;
  }
  if (unit === 'characters')
    return value < 1e6 ? `${String(value / 1000)} kB` : `${String(value / 1e6)} MB`;
  return value.toLocaleString('en-US');
}

/** As many digits as mean something. @param {number} value */
export function toFigure(value) {
  const size = Math.abs(value);
  if (size >= 99.5) return Math.round(value).toLocaleString('en-US');
  if (size >= 10) return value.toFixed(0);
  return size >= 0.1 ? value.toFixed(2) : Number(value.toPrecision(2)).toString();
}

/** @param {import('./stats.mjs').Spread} spread */
export const toSpread = ({ low, high }) => `${toFigure(low)}–${toFigure(high)}`;
