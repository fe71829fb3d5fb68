import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from './exchange.js';
import { judge, nameOf, readBody } from './judge.js';
import type { Models } from './models.js';
import { play } from './play.js';
import type { ReceivedBody } from './received.js';
import type { Script, Step } from './script.js';
import { sendJson, sendWhole } from './wire.js';

/** The version whose behavior the server shows. */
const OLLAMA_VERSION = '0.33.0';
const MAX_BODY_BYTES = 64 * 1024 * 1024;

const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/', ['HEAD', 'GET']],
  ['/api/version', ['HEAD', 'GET']],
  ['/api/tags', ['HEAD', 'GET']],
  ['/api/ps', ['GET']],
  ['/api/show', ['POST']],
  ['/api/chat', ['POST']],
  ['/api/generate', ['POST']],
  ['/api/embed', ['POST']],
  ['/api/pull', ['POST']],
  ['/api/push', ['POST']],
  ['/api/create', ['POST']],
]);

/** Answers one request that has been read: by itself where Ollama needs no model for it, else by script. */
export async function respond(
  script: Script,
  models: Models,
  bytes: Buffer | undefined,
  response: ServerResponse,
  exchange: Exchange,
): Promise<void> {
  const { method, path } = exchange;
  const methods = METHODS.get(path);
  if (!methods?.includes(method)) refuseRoute(methods, response, exchange);
  else if (path === '/') sendText(response, 200, 'Ollama is running', 'text/plain; charset=utf-8');
  else if (path === '/api/version') sendJson(response, 200, { version: OLLAMA_VERSION });
  else if (path === '/api/tags') sendJson(response, 200, models.list());
  else if (path === '/api/ps') sendJson(response, 200, models.listLoaded());
  else if (bytes === undefined) sendJson(response, 413, { error: 'http: request body too large' });
  else {
    const read = readBody(path, bytes);
    exchange.body = read.body;
    const verdict = read.refusal ?? judge(path, read.body, models);
    exchange.thinks = !verdict && thinks(read.body, models);
    if (verdict && 'answer' in verdict) sendJson(response, verdict.status, verdict.answer);
    else {
      await play(verdict?.scenario ?? script, response, exchange, (step) => {
        if (path === '/api/pull' && isSuccess(step)) models.add(nameOf(path, read.body));
      });
    }
  }
}

/** The last line of a pull that has ended well. */
function isSuccess(step: Step): boolean {
  return typeof step === 'object' && 'status' in step && step.status === 'success';
}

/** A model that can think does so, unless the request says otherwise. */
function thinks({ think, model = '' }: ReceivedBody, models: Models): boolean {
  return think !== false && models.capabilities(model)?.includes('thinking') === true;
}

/** A path that Ollama doesn't have, or not with that method, or only without its last slash. */
function refuseRoute(
  methods: readonly string[] | undefined,
  response: ServerResponse,
  { method, path, query }: Exchange,
): void {
  const shorter = path.slice(0, -1);
  if (methods) {
    response.setHeader('Allow', methods.join(', '));
    sendText(response, 405, '405 method not allowed');
  } else if (path.endsWith('/') && METHODS.get(shorter)?.includes(method)) {
    response.setHeader('Location', shorter + query);
    sendRedirect(response, method, shorter + query);
  } else sendText(response, 404, '404 page not found');
}

function sendRedirect(response: ServerResponse, method: string, location: string): void {
  if (method === 'POST') sendWhole(response, 307, '');
  else {
    const href = location.replace(/[&<>"']/g, (char) => `&#${String(char.charCodeAt(0))};`);
    const page = `<a href="${href}">Moved Permanently</a>.\n\n`;
    sendText(response, 301, page, 'text/html; charset=utf-8');
  }
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  contentType = 'text/plain',
): void {
  response.setHeader('Content-Type', contentType);
  sendWhole(response, status, text);
}

/** The body of a request; `undefined` if it is too long, and as much as came if the client has left. */
export function receiveBytes(incoming: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let length = 0;
    incoming.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length > MAX_BODY_BYTES) resolve(undefined);
      else pieces.push(piece);
    });
    incoming.on('error', () => undefined);
    for (const event of ['end', 'close']) {
      incoming.once(event, () => {
        resolve(Buffer.concat(pieces));
      });
    }
  });
}
