import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream';

/** What the page asks for. Nothing else of the server can be reached through the page's address. */
const PATHS = new Set(['/api/chat', '/api/tags', '/api/show', '/api/pull']);
/** Headers of one connection, and those by which Ollama would take the page for a stranger. */
const DROPPED = new Set(['host', 'connection', 'keep-alive', 'origin', 'referer', 'cookie']);

/**
 * Passes requests of the page to an Ollama server. A request that the page leaves is closed there too,
 * which stops the model.
 *
 * @param {URL} ollama where the server is
 * @returns {http.RequestListener}
 */
export function createProxy(ollama) {
  const { request } = ollama.protocol === 'https:' ? https : http;
  const base = ollama.href.replace(/\/$/, '');

  return (incoming, response) => {
    const { method, url = '/', headers } = incoming;
    if (!PATHS.has(url)) {
      refuse(response, 404, `${url} is not passed on.`);
      return;
    }
    const upstream = request(base + url, { method, headers: keep(headers) }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, keep(answer.headers));
      // The first token can be a minute away, and the page wants to know that it is asked for.
      response.flushHeaders();
      // An answer that breaks off there breaks off here: it must not look complete.
      pipeline(answer, response, () => undefined);
    });
    upstream.on('error', (error) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 502, `Ollama can't be reached at ${ollama.host}: ${error.message}`);
    });
    response.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  };
}

/**
 * @param {http.IncomingHttpHeaders} headers
 * @returns {http.OutgoingHttpHeaders}
 */
function keep(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !DROPPED.has(name)));
}

/**
 * Answers as Ollama does, so that the page shows the text.
 *
 * @param {http.ServerResponse} response
 * @param {number} status
 * @param {string} error
 */
export function refuse(response, status, error) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error }));
}
