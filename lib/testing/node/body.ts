import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Exchange } from './exchange.js';
import type { Reply } from './script.js';

const LINE_FEED = 0x0a;

/** The body of a response: what is written to it leaves in pieces, no faster than the client reads. */
export interface Body {
  write(bytes: Uint8Array): Promise<void>;
  /** Writes what is held back for the sake of the cutting. */
  flush(): Promise<void>;
}

export function createBody(
  response: ServerResponse,
  exchange: Exchange,
  cutting: NonNullable<Reply['cutting']>,
): Body {
  const size = typeof cutting === 'number' ? Math.max(1, cutting) : Infinity;
  let held: Uint8Array[] = [];
  let heldBytes = 0;

  const send = async (piece: Uint8Array): Promise<void> => {
    for (const byte of piece) if (byte === LINE_FEED) exchange.linesWritten++;
    if (response.write(piece)) return;
    await once(response, 'drain', { signal: exchange.gone });
    // A drain needs no turn of the event loop. The client may live in this process, and it does.
    await nextTurn(undefined, { signal: exchange.gone });
  };

  const flush = async (): Promise<void> => {
    if (heldBytes === 0) return;
    const bytes = Buffer.concat(held);
    held = [];
    heldBytes = 0;
    await send(bytes);
  };

  return {
    flush,
    async write(bytes) {
      if (bytes.length === 0) {
        response.flushHeaders();
        return;
      }
      if (cutting === 'line') {
        await send(bytes);
        return;
      }
      let rest = bytes;
      while (heldBytes + rest.length >= size) {
        const piece = rest.subarray(0, size - heldBytes);
        rest = rest.subarray(piece.length);
        held.push(piece);
        heldBytes = size;
        await flush();
      }
      if (rest.length > 0) held.push(rest);
      heldBytes += rest.length;
    },
  };
}
