import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome, ReceivedBody, ReceivedRequest } from './received.js';

/** A received request, for those who write down what becomes of it. */
export interface Recording extends ReceivedRequest {
  body: ReceivedBody;
  linesWritten: number;
  outcome: Outcome;
  closedAt: number | undefined;
  /** Aborted as `closed` resolves. */
  readonly gone: AbortSignal;
  /** Closes the connection, from the server's side. */
  drop(how: 'close' | 'reset'): void;
}

export function record(
  incoming: IncomingMessage,
  response: ServerResponse,
  connection: number,
): Recording {
  const gone = new AbortController();
  let dropped = false;
  const recording: Recording = {
    method: incoming.method ?? '',
    path: (incoming.url ?? '/').replace(/\?.*$/s, ''),
    headers: incoming.headers,
    body: {},
    connection,
    linesWritten: 0,
    outcome: 'open',
    closed: new Promise((resolve) => {
      response.once('close', () => {
        const early = dropped ? 'dropped' : 'aborted';
        recording.outcome = response.writableFinished ? 'completed' : early;
        recording.closedAt = performance.now();
        gone.abort();
        resolve(recording.outcome);
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
  return recording;
}

/** What a promise gives, unless the response closes first: then a rejection. */
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
