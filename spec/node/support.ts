import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import {
  connect as connectHttp2,
  constants,
  createServer as createHttp2Server,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';
import type { NodeResponseLike } from '../../lib/node/index.js';
import { startServer } from '../support/startServer.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

/** A real HTTP/1 server, closed when the test ends. */
export async function serve(handler: RequestListener): Promise<string> {
  const { url, close } = await startServer(createServer(handler));
  closing.push(close);
  return url;
}

/** The same with HTTP/2, and a session with it. */
async function serveHttp2(
  handler: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<ClientHttp2Session> {
  const server = createHttp2Server(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => once(server.close(), 'close'));
  const { port } = server.address() as AddressInfo;
  const session = connectHttp2(`http://127.0.0.1:${String(port)}`);
  session.on('error', () => undefined);
  closing.unshift(async () => {
    session.destroy();
  });
  return session;
}

/** One request whose response is read by hand. */
interface Client {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Resolves when the response has text that has not been read yet, and gives all of it. */
  read(): Promise<string>;
  /** All the rest. */
  text(): Promise<string>;
  leave(): void;
}

/** How a client connects, and a server answers. */
export interface Transport {
  readonly name: string;
  /** Serves, and makes a function that sends one request. It can be left before it is answered. */
  open(handler: (response: NodeResponseLike) => void): Promise<() => PendingClient>;
}

interface PendingClient {
  readonly response: Promise<Client>;
  leave(): void;
}

const toClient = (
  body: AsyncIterable<Buffer>,
  head: Pick<Client, 'status' | 'headers'>,
  leave: () => void,
): Client => {
  const chunks = body[Symbol.asyncIterator]();
  return {
    ...head,
    leave,
    async read() {
      const { value } = (await chunks.next()) as { readonly value?: Buffer };
      return value?.toString() ?? '';
    },
    async text() {
      let text = '';
      for (;;) {
        const { done, value } = (await chunks.next()) as { done?: boolean; value?: Buffer };
        if (done) return text;
        text += value?.toString() ?? '';
      }
    },
  };
};

export const http1: Transport = {
  name: 'HTTP/1',
  async open(handler) {
    const url = await serve((_, response) => {
      handler(response);
    });
    return () => {
      const request = httpRequest(url, { method: 'POST' });
      request.on('error', () => undefined);
      request.end('{}');
      const leave = (): void => {
        request.destroy();
      };
      const response = once(request, 'response').then(([incoming]: IncomingMessage[]) => {
        if (!incoming) throw new Error('no response');
        incoming.on('error', () => undefined);
        const { statusCode: status = 0, headers } = incoming;
        return toClient(incoming, { status, headers }, leave);
      });
      response.catch(() => undefined);
      return { response, leave };
    };
  },
};

const createHttp2 = (name: string, code: number): Transport => ({
  name,
  async open(handler) {
    const session = await serveHttp2((_, response) => {
      handler(response);
    });
    return () => {
      const stream: ClientHttp2Stream = session.request({ ':path': '/', ':method': 'POST' });
      stream.on('error', () => undefined);
      stream.end('{}');
      const leave = (): void => {
        stream.close(code);
      };
      const response = once(stream, 'response').then(([headers]: Record<string, string>[]) =>
        toClient(
          stream as AsyncIterable<Buffer>,
          { status: Number(headers?.[':status']), headers: headers ?? {} },
          leave,
        ),
      );
      response.catch(() => undefined);
      return { response, leave };
    };
  },
});

export const http2 = createHttp2('HTTP/2', constants.NGHTTP2_CANCEL);
/** A reset that says nothing of an error. */
export const http2Quiet = createHttp2('HTTP/2, without an error', constants.NGHTTP2_NO_ERROR);

/** A client that sends a request and reads nothing. */
export async function neverRead(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.pause();
  await once(socket, 'connect');
  socket.write(`GET / HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  closing.unshift(async () => {
    socket.destroy();
  });
}

/** The events of a text of server-sent events. */
export const readEvents = (text: string): Record<string, string>[] =>
  text
    .split('\n\n')
    .filter((event) => event && !event.startsWith(':'))
    .map((event) =>
      Object.fromEntries(
        event.split('\n').map((line) => {
          const [, field = '', value = ''] = /^(\w*): ?([^]*)$/.exec(line) ?? [];
          return [field, value];
        }),
      ),
    );

/** The data of a text of server-sent events, but for `[DONE]`. */
export const readData = <T = Record<string, unknown>>(text: string): T[] =>
  readEvents(text)
    .map(({ data }) => data ?? 'null')
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as T);
