import { once } from 'node:events';
import http from 'node:http';
import { createFiles } from './files.js';
import { createProxy, refuse } from './proxy.js';

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/**
 * Serves the page and, at the same origin, Ollama under `/api`. Only this machine can connect, and only
 * this page can ask: other pages of the browser are refused.
 *
 * @param {{ folder: string, ollama: string, port?: number }} options the built page, the URL of Ollama, and
 * where to listen
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function servePage({ folder, ollama, port = 0 }) {
  const files = createFiles(folder);
  const proxy = createProxy(new URL(ollama));
  const server = http.createServer((incoming, response) => {
    const { host = '', origin } = incoming.headers;
    // A name that resolves to this machine would give its owner's pages the origin of this one.
    const isOwn = LOOPBACK.test(host) && (origin === undefined || origin === `http://${host}`);
    if (!isOwn) refuse(response, 403, 'Only the page itself may ask.');
    else if (incoming.url?.startsWith('/api/')) proxy(incoming, response);
    else files(incoming, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
