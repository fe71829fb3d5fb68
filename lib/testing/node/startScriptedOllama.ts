/// <reference lib="esnext.disposable" preserve="true" />
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { handleCors } from './cors.js';
import { createModels, type ScriptedModel } from './models.js';
import type { ReceivedRequest } from './received.js';
import { record, type Recording } from './recording.js';
import { readText, respond } from './respond.js';
import type { Script } from './script.js';

/** What the server can do. */
export interface ScriptedOllamaOptions {
  /** The models that the server has. @defaultValue every model that is asked for, able to do everything */
  readonly models?: Readonly<Record<string, ScriptedModel>>;
}

/** A running server, and what it has seen. */
export interface ScriptedOllama extends AsyncDisposable {
  /** Where it listens, `http://127.0.0.1:PORT`: the `host` of a client. */
  readonly url: string;
  /** Every request so far, in the order in which they arrived. */
  readonly requests: readonly ReceivedRequest[];
  /** How many connections have been accepted. */
  readonly connections: number;
  /** How many of them are still open. */
  readonly openConnections: number;
  /** The n-th request, counted from 1, as soon as it has arrived. */
  received(n?: number): Promise<ReceivedRequest>;
  /** Closes every connection and stops listening. */
  close(): Promise<void>;
}

const DEFAULT_SCRIPT: Script = ({ path, body: { model, input } }) => {
  if (path === '/api/chat' || path === '/api/generate') {
    return ['Hello', ', ', 'world', '!', { done: true }];
  }
  if (path !== '/api/embed') return [{ status: 'success' }];
  // The length of a text is an embedding, if a modest one.
  const embeddings = [input ?? []].flat().map((text) => [text.length]);
  return [{ raw: JSON.stringify({ model, embeddings }) }];
};

/**
 * Starts a real HTTP server, on a free port of this machine only, that speaks Ollama's protocol from
 * a script: chunks with their timing, and faults on demand. It records what it was asked, how much it
 * wrote and when each client went, so that a test can prove what its code does to a server, and
 * prove it without sleeping.
 *
 * _It's like a fake `fetch`, but with a network: connections, headers, back-pressure and resets are
 * real._
 *
 * ```none
 *  steps      'Hel'  'lo'  { delay: 20 }  { done: true }
 *  response   H─Hel──lo────────────────────done|          H: the headers, with the first line
 * ```
 *
 * - Where it answers by script: `/api/chat`, `/api/generate`, `/api/pull`, `/api/push`, `/api/create`,
 *   streamed or, with `stream: false`, in one; `/api/embed`, with a `raw` step. By itself: `/api/tags`,
 *   `/api/show`, `/api/ps`, `/api/version`, `/`.
 * - Requests that Ollama would refuse are refused with its statuses and messages.
 * - Without a script it says hello.
 *
 * ```ts
 * import { startScriptedOllama } from 'rxjs-ollama/testing/node';
 *
 * await using ollama = await startScriptedOllama(['Hel', 'lo', { done: true }]);
 * const response = await fetch(`${ollama.url}/api/chat`, {
 *   method: 'POST',
 *   body: JSON.stringify({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }),
 * });
 * await response.text();
 * await ollama.requests[0]?.closed; // 'completed'
 * ```
 *
 * @param script what to answer: data, or a function of the request
 * @param options which models there are
 * @see {@link inTurn}
 */
export async function startScriptedOllama(
  script: Script = DEFAULT_SCRIPT,
  options: ScriptedOllamaOptions = {},
): Promise<ScriptedOllama> {
  const models = createModels(options.models);
  const requests: Recording[] = [];
  const arrivals = new EventEmitter().setMaxListeners(0);
  const open = new Map<Socket, number>();
  let connections = 0;

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (handleCors(incoming, response)) return;
    const recording = record(incoming, response, open.get(incoming.socket) ?? 0);
    const text = await readText(incoming);
    requests.push(recording);
    const responded = respond(script, models, text, response, recording);
    // Only now has it a body to look at.
    arrivals.emit('arrival');
    await responded;
  };

  const server = createServer((incoming, response) => {
    // That a client resets its connection is an outcome, not an error.
    response.on('error', () => undefined);
    void answer(incoming, response);
  });
  server.on('connection', (socket: Socket) => {
    open.set(socket, ++connections);
    socket.once('close', () => open.delete(socket));
  });
  // Like Ollama, it never closes an idle connection, nor gives up on a slow request.
  server.keepAliveTimeout = server.headersTimeout = server.requestTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  let closing: Promise<unknown> | undefined;
  const close = async (): Promise<void> => {
    closing ??= Promise.all([
      new Promise((resolve) => server.close(resolve)),
      ...requests.map((recording) => {
        if (recording.outcome === 'open') recording.drop('close');
        return recording.closed;
      }),
    ]);
    server.closeAllConnections();
    await closing;
  };

  return {
    url: `http://127.0.0.1:${String(port)}`,
    requests,
    get connections() {
      return connections;
    },
    get openConnections() {
      return open.size;
    },
    async received(n = 1) {
      for (;;) {
        const request = requests[n - 1];
        if (request) return request;
        await once(arrivals, 'arrival');
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
