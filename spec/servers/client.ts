import { once } from 'node:events';
import { request as createRequest } from 'node:http';
import { connect as connectHttp2, constants as http2Constants } from 'node:http2';
import { connect } from 'node:net';
import { constants, createGunzip } from 'node:zlib';
import type { Bridge } from './bridges.js';

/** A client that has asked, and can leave at any moment. */
export interface Client {
  /** What it has received so far, with the headers where it is HTTP/1.1. */
  readonly text: string;
  /** Resolves when it has received this so many times. Rejects when the response ends before. */
  until(part: string, times?: number): Promise<void>;
  /** Leaves in the middle of the response. */
  leave(): void;
  /** Resolves when the response has ended, or the connection has. */
  readonly ended: Promise<unknown>;
}

/** Waits for parts of a text that grows. */
function createText(ended: Promise<unknown>) {
  let text = '';
  let check: () => void = () => undefined;
  return {
    add(more: string): void {
      text += more;
      check();
    },
    get text() {
      return text;
    },
    async until(part: string, times = 1): Promise<void> {
      const found = new Promise<void>((resolve) => {
        check = () => {
          if (text.split(part).length > times) resolve();
        };
        check();
      });
      const early = ended.then(() => {
        throw new Error(`The response ended without ${part}: ${text.slice(0, 500)}`);
      });
      early.catch(() => undefined);
      await Promise.race([found, early]);
    },
  };
}

/** A client of HTTP/1.1 as a bare socket. It accepts compressed texts, which it can't read: none may come. */
export function openSocket(port: number, { method, path, body = '' }: Bridge): Client {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  const ended = once(socket, 'close');
  const received = createText(ended);
  socket.on('data', (text) => {
    received.add(String(text));
    // The last part of a body in pieces.
    if (received.text.endsWith('\r\n0\r\n\r\n')) socket.end();
  });
  socket.on('error', () => undefined);
  socket.write(
    [
      `${method} ${path} HTTP/1.1`,
      'Host: 127.0.0.1',
      'Accept-Encoding: gzip',
      ...(body ? ['Content-Type: application/json', `Content-Length: ${String(body.length)}`] : []),
      '',
      body,
    ].join('\r\n'),
  );
  return Object.assign(Object.create(received) as typeof received, {
    ended,
    leave() {
      socket.destroy();
    },
  });
}

/** A client of HTTP/1.1 that reads what is compressed. */
export function openGzip(port: number, { method, path, body }: Bridge): Client {
  const request = createRequest({
    ...{ host: '127.0.0.1', port, method, path, agent: false },
    headers: { 'Accept-Encoding': 'gzip', ...(body && { 'Content-Type': 'application/json' }) },
  });
  const ended = once(request, 'close');
  const received = createText(ended);
  request.on('error', () => undefined);
  request.on('response', (response) => {
    const gunzip = createGunzip({
      finishFlush: constants.Z_SYNC_FLUSH,
      flush: constants.Z_SYNC_FLUSH,
    });
    const isGzip = response.headers['content-encoding'] === 'gzip';
    response.on('error', () => undefined);
    received.add(`content-encoding: ${String(response.headers['content-encoding'])}\n`);
    (isGzip ? response.pipe(gunzip) : response).setEncoding('utf8').on('data', (text) => {
      received.add(String(text));
    });
  });
  request.end(body);
  return Object.assign(Object.create(received) as typeof received, {
    ended,
    leave() {
      request.destroy();
    },
  });
}

/** A client of HTTP/2, without TLS, which leaves by closing its stream or all of its connection. */
export function openHttp2(
  port: number,
  { method, path, body }: Bridge,
  closes: 'stream' | 'connection' = 'stream',
): Client {
  const session = connectHttp2(`http://127.0.0.1:${String(port)}`);
  session.on('error', () => undefined);
  const stream = session.request({
    ':method': method,
    ':path': path,
    'accept-encoding': 'gzip',
    ...(body !== undefined && { 'content-type': 'application/json' }),
  });
  const ended = once(stream, 'close').finally(() => {
    session.destroy();
  });
  const received = createText(ended);
  stream.setEncoding('utf8').on('data', (text) => {
    received.add(String(text));
  });
  stream.on('error', () => undefined);
  stream.end(body);
  return Object.assign(Object.create(received) as typeof received, {
    ended,
    leave() {
      if (closes === 'stream') stream.close(http2Constants.NGHTTP2_CANCEL);
      else session.destroy();
    },
  });
}
