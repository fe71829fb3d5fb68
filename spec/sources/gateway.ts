import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach } from '@jest/globals';
import { startServer } from '../support/startServer.js';

/** A request as a gateway received it. */
interface GatewayRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** When the response is over: whether all of it was sent, or the client had left. */
  readonly closed: Promise<'sent' | 'left'>;
}

/** A server of the test's own, which answers the n-th request with the n-th handler. */
export interface Gateway {
  readonly url: string;
  readonly requests: readonly GatewayRequest[];
}

type Handler = (response: ServerResponse, request: GatewayRequest) => unknown;

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

/** Starts a gateway. It is closed when the test ends; the last handler serves all further requests. */
export async function startGateway(...handlers: readonly Handler[]): Promise<Gateway> {
  const requests: GatewayRequest[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url, headers } = incoming;
    const closed = once(response, 'close').then(() =>
      response.writableFinished ? 'sent' : 'left',
    );
    let body = '';
    for await (const text of incoming.setEncoding('utf8')) body += String(text);
    const request: GatewayRequest = { method, url, headers, body, closed };
    requests.push(request);
    await handlers[Math.min(requests.length, handlers.length) - 1]?.(response, request);
  };
  const { url, close } = await startServer(
    createServer((incoming, response) => {
      void answer(incoming, response);
    }),
  );
  closing.push(close);
  return { url, requests };
}

export const SSE = { 'Content-Type': 'text/event-stream; charset=utf-8' };

/** Answers with these texts, and ends. */
export const send =
  (texts: readonly string[], headers: Record<string, string> = SSE, status = 200): Handler =>
  (response) => {
    response.writeHead(status, headers).end(texts.join(''));
  };

/** Answers with these texts, and breaks the connection when they have been sent. */
export const sendAndBreak =
  (texts: readonly string[], headers: Record<string, string> = SSE): Handler =>
  (response) => {
    response.writeHead(200, headers).write(texts.join(''), () => {
      response.destroy();
    });
  };

/** Answers with these texts, and leaves the response open. */
export const sendAndHold =
  (texts: readonly string[], headers: Record<string, string> = SSE): Handler =>
  (response) => {
    response.writeHead(200, headers).write(texts.join('') || ': open\n\n');
  };

/** One event. */
export function event(name: string | undefined, data: unknown, id?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${id === undefined ? '' : `id: ${id}\n`}${name === undefined ? '' : `event: ${name}\n`}data: ${text}\n\n`;
}

/** Values and how they end, as events with ids of the first attempt. */
export const events = (
  values: readonly object[],
  end?: { readonly type: string },
  from = 1,
): string[] =>
  [...values, ...(end ? [end] : [])].map((value, place) => {
    const { type = 'chunk' } = value as { type?: string };
    return event(type, value, `1-${String(from + place)}`);
  });

export const DONE = { type: 'done' };
