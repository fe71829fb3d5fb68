import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Models } from './models.js';
import { play } from './play.js';
import type { Recording } from './recording.js';
import type { Script } from './script.js';
import { judge, parseBody } from './validation.js';
import { sendJson, sendText } from './wire.js';

/** The version whose behavior the server shows. */
const VERSION = '0.33.0';
const MAX_BODY_BYTES = 64 * 1024 * 1024;

const METHODS: Readonly<Record<string, readonly string[]>> = {
  '/': ['GET', 'HEAD'],
  '/api/version': ['GET', 'HEAD'],
  '/api/tags': ['GET', 'HEAD'],
  '/api/ps': ['GET'],
  '/api/show': ['POST'],
  '/api/chat': ['POST'],
  '/api/generate': ['POST'],
  '/api/embed': ['POST'],
  '/api/pull': ['POST'],
  '/api/push': ['POST'],
  '/api/create': ['POST'],
};

/** Answers one request that has been read: by itself where Ollama needs no model for it, else by script. */
export async function respond(
  script: Script,
  models: Models,
  text: string | undefined,
  response: ServerResponse,
  recording: Recording,
): Promise<void> {
  const { method, path } = recording;
  const methods = METHODS[path];
  if (!methods) sendText(response, 404, '404 page not found');
  else if (!methods.includes(method)) sendText(response, 405, '405 method not allowed');
  else if (path === '/') sendText(response, 200, 'Ollama is running');
  else if (path === '/api/version') sendJson(response, 200, { version: VERSION });
  else if (path === '/api/tags') sendJson(response, 200, models.list());
  else if (path === '/api/ps') sendJson(response, 200, models.listLoaded());
  else if (text === undefined) sendJson(response, 413, { error: 'http: request body too large' });
  else {
    const parsed = parseBody(path, text);
    if ('body' in parsed) recording.body = parsed.body;
    const verdict = 'body' in parsed ? judge(path, parsed.body, models) : parsed;
    if (verdict) sendJson(response, verdict.status, verdict.answer);
    else await play(script, response, recording);
  }
}

/** The body of a request; `undefined` if it is too long, and as much as came if the client has gone. */
export function readText(incoming: IncomingMessage): Promise<string | undefined> {
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
        resolve(Buffer.concat(pieces).toString());
      });
    }
  });
}
