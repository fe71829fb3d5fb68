/// <reference lib="esnext.disposable" preserve="true" />
import { EventEmitter, once } from 'node:events';
import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { handleCors } from './cors.js';
import { DEFAULT_SCRIPT } from './defaultScript.js';
import { isLoopbackHost } from './hosts.js';
import { createModels } from './models.js';
import type { ScriptedModels } from './readModels.js';
import type { ReceivedRequest } from './received.js';
import { openExchange, type Exchange } from './exchange.js';
import { receiveBytes, respond } from './respond.js';
import type { Script } from './script.js';
import { sendWhole } from './wire.js';

/** The limit of Go's server. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** Which models the server has, and where it listens. */
export interface ScriptedOllamaOptions {
  /** The models that the server has. @defaultValue every model that is asked for, able to do everything */
  readonly models?: ScriptedModels | undefined;
  /** The port on 127.0.0.1. @defaultValue a free one */
  readonly port?: number | undefined;
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

/**
 * Starts a real HTTP server on 127.0.0.1 that speaks Ollama's protocol from a script: chunks with their
 * timing, and faults on demand. It records each request, how many lines it wrote, and when each client
 * left. So a test can prove what its code does to a server, without sleeping.
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
 * - Requests that Ollama 0.33 refuses are refused with its statuses and words, before the script runs.
 * - A mistake in `models` or `port` rejects with a `TypeError` or `RangeError` that names it.
 * - Without a script it answers "Hello, world!".
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
 * @param options which models there are, and the port
 * @see {@link inTurn}, {@link demoModel}
 */
export async function startScriptedOllama(
  script: Script = DEFAULT_SCRIPT,
  options: ScriptedOllamaOptions = {},
): Promise<ScriptedOllama> {
  const models = createModels(options.models);
  const listenOn = checkPort(options.port);
  const requests: Exchange[] = [];
  const arrivals = new EventEmitter().setMaxListeners(0);
  const open = new Map<Socket, number>();
  let connections = 0;

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Ollama keeps connections alive without a header that says so.
    if (response.shouldKeepAlive) response.removeHeader('Connection');
    if (handleCors(incoming, response)) return;
    if (!isLoopbackHost(incoming.headers.host)) {
      sendWhole(response, 403, '');
      return;
    }
    const exchange = openExchange(incoming, response, open.get(incoming.socket) ?? 0);
    const bytes = await receiveBytes(incoming);
    requests.push(exchange);
    const responded = respond(script, models, bytes, response, exchange);
    // The body of the request is known from here on.
    arrivals.emit('arrival');
    await responded;
  };

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (incoming, response) => {
    // A client that resets its connection is an outcome and not an error.
    response.on('error', () => undefined);
    void answer(incoming, response);
  });
  server.on('clientError', refuseMalformed);
  server.on('connection', (socket: Socket) => {
    open.set(socket, ++connections);
    socket.once('close', () => open.delete(socket));
  });
  // As Ollama, it has no time limit: for idle connections, headers, or requests.
  server.keepAliveTimeout = server.headersTimeout = server.requestTimeout = 0;
  server.listen(listenOn, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  let closing: Promise<unknown> | undefined;
  const close = async (): Promise<void> => {
    closing ??= Promise.all([
      new Promise((resolve) => server.close(resolve)),
      ...requests.map((exchange) => {
        if (exchange.outcome === 'open') exchange.drop('close');
        return exchange.closed;
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

function checkPort(port = 0): number {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RangeError(`port must be an integer from 0 to 65535, not ${String(port)}.`);
}

/** What Go answers to a request that is not HTTP, or whose headers are too long. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) return;
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const line = `${String(status)} ${STATUS_CODES[status] ?? ''}`;
  socket.write(
    `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${line}`,
  );
  socket.destroy();
}
