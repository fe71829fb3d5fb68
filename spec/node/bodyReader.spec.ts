import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createBodyReader } from '../../lib/node/bodyReader.js';

/** A response without a server: other runtimes may give data that was not asked for. */
function open() {
  const incoming = new IncomingMessage(new Socket());
  return { incoming, reader: createBodyReader(incoming, undefined) };
}

describe('createBodyReader', () => {
  it('keeps what comes while no read waits, in its order', async () => {
    const { incoming, reader } = open();
    const first = reader.read();
    const [a, b, c] = ['a', 'b', 'c'].map((text) => Buffer.from(text));
    incoming.push(a);
    expect(await first).toEqual({ value: a });
    incoming.emit('data', b);
    incoming.emit('data', c);
    expect(await reader.read()).toEqual({ value: b });
    expect(await reader.read()).toEqual({ value: c });
    incoming.push(null);
    expect(await reader.read()).toEqual({ done: true });
  });
});
