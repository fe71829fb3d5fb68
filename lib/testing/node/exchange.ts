import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome, ReceivedBody, ReceivedRequest } from './received.js';

/** A request and its response, for the modules that record what becomes of them. */
export interface Exchange extends ReceivedRequest {
  body: ReceivedBody;
  thinks: boolean;
  /** What follows the path, with its question mark. */
  readonly query: string;
  linesWritten: number;
  outcome: Outcome;
  closedAt: number | undefined;
  /** Aborted as `closed` resolves. */
  readonly gone: AbortSignal;
  /** Closes the connection, from the server's side. */
  drop(how: 'close' | 'reset'): void;
}

export function openExchange(
  incoming: IncomingMessage,
  response: ServerResponse,
  connection: number,
): Exchange {
  const { url = '/' } = incoming;
  const path = url.replace(/\?.*$/s, '');
  const gone = new AbortController();
  let dropped = false;
  const exchange: Exchange = {
    method: incoming.method ?? '',
    path,
    query: url.slice(path.length),
    headers: incoming.headers,
    body: {},
    thinks: false,
    connection,
    linesWritten: 0,
    outcome: 'open',
    closed: new Promise((resolve) => {
      response.once('close', () => {
        const early = dropped ? 'dropped' : 'aborted';
        exchange.outcome = response.writableFinished ? 'completed' : early;
        exchange.closedAt = performance.now();
        gone.abort();
        resolve(exchange.outcome);
      });
    }),
    receivedAt: performance.now(),
    closedAt: undefined,
    gone: gone.signal,
    drop(how) {
      dropped = true;
      if (how === 'reset') incoming.socket.resetAndDestroy();
      else incoming.socket.destroy();
    },
  };
  return exchange;
}

/** The result of the promise. Rejects if the response closes first. */
export function unlessGone<T>(promise: PromiseLike<T>, gone: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      reject(new Error('The response is closed.'));
    };
    if (gone.aborted) leave();
    gone.addEventListener('abort', leave);
    Promise.resolve(promise)
      .finally(() => {
        gone.removeEventListener('abort', leave);
      })
      .then(resolve, reject);
  });
}
