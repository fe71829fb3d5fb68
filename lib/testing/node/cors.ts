import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendWhole } from './wire.js';

/** The origins of pages that Ollama answers by default. */
const ALLOWED =
  /^(https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?|(app|file|tauri|vscode-webview|vscode-file):\/\/.*)$/;

const HEADERS = [
  ...['Authorization', 'Content-Type', 'User-Agent', 'Accept', 'X-Requested-With', 'Openai-Beta'],
  ...['X-Stainless-Arch', 'X-Stainless-Async', 'X-Stainless-Custom-Poll-Interval'],
  ...['X-Stainless-Helper-Method', 'X-Stainless-Lang', 'X-Stainless-Os'],
  ...['X-Stainless-Package-Version', 'X-Stainless-Poll-Helper', 'X-Stainless-Retry-Count'],
  ...['X-Stainless-Runtime', 'X-Stainless-Runtime-Version', 'X-Stainless-Timeout'],
];

/** Answers preflights, and refuses pages of other machines. Returns whether it has answered. */
export function handleCors(incoming: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = incoming.headers;
  if (origin === undefined) return false;
  if (!ALLOWED.test(origin)) {
    sendWhole(response, 403, '');
    return true;
  }
  response.setHeader('Access-Control-Allow-Origin', origin);
  if (incoming.method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS',
    'Access-Control-Allow-Headers': HEADERS.join(','),
    'Access-Control-Max-Age': '43200',
  });
  response.end();
  return true;
}
