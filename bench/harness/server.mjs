// The server, in a process of its own. It speaks just enough HTTP to cost next to nothing, so that
// the client is what limits the speed. What it answers is named by the request's model:
// - a stream of wire.mjs, as fast as the client reads
// - `held:LINES`: so many lines, then silence until somebody asks for /go/LINES/MS
// - `silent`: nothing at all, not even headers
// GET /arrived/N and /closed/N answer once N chats have come, or N have been left by their client.
import { Buffer } from 'node:buffer';
import { createServer } from 'node:net';
import process from 'node:process';
import { createStream, finalFrame, tokenFrame } from './wire.mjs';

/** @typedef {import('node:net').Socket} Socket */

const END = '0\r\n\r\n';
const toHead = (type = 'application/x-ndjson') =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;
const CHUNKED = toHead();
/** About how many bytes go into one write. */
const WRITE = 64 * 1024;

/** @type {Map<string, ReturnType<typeof createStream>>} */
const streams = new Map();
/** @type {Set<Socket>} */
let held = new Set();
let arrived = 0;
/** When the server saw that a client had left, in ms of the system's steady clock. @type {number[]} */
let closes = [];
/** @type {(() => void)[]} */
let waiting = [];

const wake = () => {
  for (const look of waiting.splice(0)) look();
};

/** @param {Socket} socket @param {unknown} value */
function answer(socket, value) {
  const body = JSON.stringify(value);
  socket.write(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
  );
}

/** @param {Socket} socket @returns {Promise<void>} */
const drain = (socket) =>
  new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
    if (socket.destroyed) done();
  });

/** @param {Socket} socket @param {import('./wire.mjs').Body} body */
async function send(socket, { head, block, repeat, tail, type }) {
  socket.write(toHead(type));
  socket.write(head);
  const at = typeof block === 'function' ? 1 : Math.max(1, Math.floor(WRITE / block.length));
  const many =
    typeof block === 'function'
      ? undefined
      : Buffer.concat(Array.from({ length: at }, () => block));
  for (let left = repeat; left > 0 && !socket.destroyed; left -= at) {
    const bytes =
      typeof block === 'function'
        ? block(repeat - left)
        : left < at
          ? many?.subarray(0, left * block.length)
          : many;
    for (let from = 0; from < (bytes?.length ?? 0); from += WRITE) {
      if (!socket.write(bytes?.subarray(from, from + WRITE) ?? '')) {
        await drain(socket);
      }
    }
  }
  socket.write(tail);
  socket.write(END);
}

/** @param {Socket} socket @param {string} model */
function chat(socket, model) {
  arrived++;
  wake();
  const [kind, count] = model.split(':');
  if (kind === 'silent' || kind === 'held') {
    held.add(socket);
    if (kind === 'held') {
      socket.write(CHUNKED);
      for (let n = 0; n < Number(count); n++) socket.write(tokenFrame);
    }
    return;
  }
  const stream = streams.get(model) ?? createStream(model);
  streams.set(model, stream);
  void send(socket, stream.body);
}

/** Sends lines to all that are held, one each in so many ms, then ends them. */
function go(/** @type {number} */ lines, /** @type {number} */ ms) {
  const sockets = [...held];
  held = new Set();
  let sent = 0;
  const timer = setInterval(() => {
    const last = sent++ === lines;
    for (const socket of sockets) {
      socket.write(last ? finalFrame : tokenFrame);
      if (last) socket.write(END);
    }
    if (last) clearInterval(timer);
  }, ms);
}

/** @param {Socket} socket @param {string} path */
function control(socket, path) {
  const [, what, first, second] = path.split('/');
  const count = Number(first);
  if (what === 'go') go(count, Number(second));
  if (what === 'arrived' || what === 'closed') {
    const look = () => {
      if ((what === 'arrived' ? arrived : closes.length) < count) waiting.push(look);
      else answer(socket, { closes });
    };
    look();
    return;
  }
  if (what === 'reset') {
    arrived = 0;
    closes = [];
  }
  answer(socket, { closes });
}

const server = createServer({ noDelay: true }, (socket) => {
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (data) => {
    text += String(data);
    for (let end; (end = text.indexOf('\r\n\r\n')) >= 0;) {
      const header = text.slice(0, end);
      const length = Number(/^content-length: (\d+)/im.exec(header)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      const body = text.slice(end + 4, end + 4 + length);
      text = text.slice(end + 4 + length);
      const [method, path = ''] = header.split(' ', 2);
      if (method === 'GET') control(socket, path);
      else chat(socket, /"model":"([^"]*)"/.exec(body)?.[1] ?? '');
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (!held.delete(socket)) return;
    closes.push(Number(process.hrtime.bigint()) / 1e6);
    wake();
  });
});

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  if (typeof address === 'object') process.send?.(`http://127.0.0.1:${String(address?.port)}`);
});
process.once('disconnect', () => process.exit());
