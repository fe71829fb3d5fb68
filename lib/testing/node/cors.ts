import type { IncomingMessage, ServerResponse } from 'node:http';

/** Where pages may come from that are allowed to ask, unless an Ollama server is told otherwise. */
const ALLOWED =
  /^(https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?|(app|file|tauri|vscode-webview|vscode-file):\/\/.*)$/;

/** Lets pages of this machine in, and keeps others out, as Ollama does; `true` if all is answered. */
export function handleCors(incoming: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = incoming.headers;
  if (origin === undefined) return false;
  if (!ALLOWED.test(origin)) {
    response.writeHead(403).end();
    return true;
  }
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Vary', 'Origin');
  if (incoming.method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
    'Access-Control-Allow-Headers': 'Authorization,Content-Type,User-Agent,Accept,X-Requested-With',
    'Access-Control-Max-Age': '43200',
  });
  response.end();
  return true;
}
