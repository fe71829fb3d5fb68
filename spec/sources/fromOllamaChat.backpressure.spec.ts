import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { ask } from './support.js';

/** In a thread of its own, so that it goes on while the consumer here keeps this thread busy. */
const SERVER = `
  const { createServer } = require('node:http');
  const { parentPort, workerData } = require('node:worker_threads');
  const written = new Int32Array(workerData);
  const content = 'x'.repeat(64 * 1024);
  const line = JSON.stringify({ message: { role: 'assistant', content }, done: false }) + '\\n';
  createServer((request, response) => {
    const write = () => {
      response.write(line);
      Atomics.add(written, 0, 1);
      Atomics.notify(written, 0);
    };
    response.on('drain', write);
    response.on('close', () => parentPort.postMessage('closed'));
    request.resume().on('end', write);
  }).listen(0, '127.0.0.1', function () {
    parentPort.postMessage(this.address().port);
  });
`;

/** More than the system's buffers hold on both sides, which is about 160 lines. */
const MANY = 400;

describe('a consumer that takes long', () => {
  it('holds the server back: no more is written ahead than the network holds', async () => {
    const written = new Int32Array(new SharedArrayBuffer(4));
    const server = new Worker(SERVER, { eval: true, workerData: written.buffer });
    const [port] = (await once(server, 'message')) as [number];
    let taken = 0;
    const ahead: number[] = [];

    /** Keeps this thread busy until the server has written nothing for a while. */
    const dawdle = () => {
      let before: number;
      do before = Atomics.load(written, 0);
      while (before - taken < MANY && Atomics.wait(written, 0, before, 20) !== 'timed-out');
      ahead.push(before - taken);
    };
    await new Promise<void>((resolve, reject) => {
      const chat = ask({ url: `http://127.0.0.1:${String(port)}` });
      const subscription = chat.subscribe({
        next() {
          taken++;
          if (taken <= 10) dawdle();
          // It was held back by nothing else: a fast consumer has as much as it wants.
          if (taken < 2 * MANY) return;
          subscription.unsubscribe();
          resolve();
        },
        error: reject,
      });
    });
    expect(ahead).toHaveLength(10);
    expect(Math.max(...ahead)).toBeLessThan(MANY);
    expect(await once(server, 'message')).toEqual(['closed']);
    await server.terminate();
  });
});
