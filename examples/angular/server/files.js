import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream';

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/**
 * The second line of defense behind Angular's sanitizer: text of a model can't run a script, send a form,
 * or be framed. Images of other hosts are allowed, because the page asks before it loads one.
 */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https:",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Serves the files of a folder.
 *
 * @param {string} folder
 * @returns {import('node:http').RequestListener}
 */
export function createFiles(folder) {
  return (incoming, response) => {
    void (async () => {
      const { pathname } = new URL(incoming.url ?? '/', 'http://localhost');
      // A path with "..", also an encoded one, stays in the folder.
      const name = normalize(pathname === '/' ? '/index.html' : pathname);
      const file = join(folder, name);
      const info = await stat(file).catch(() => undefined);
      if (!info?.isFile()) {
        response.writeHead(404).end('There is no such file.');
        return;
      }
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-length': info.size,
        'content-security-policy': POLICY,
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        // The names of all files but the page have a hash of their content.
        'cache-control': /-[A-Z\d]{8}\./.test(name) ? 'max-age=31536000, immutable' : 'no-cache',
      });
      pipeline(createReadStream(file), response, () => undefined);
    })();
  };
}
