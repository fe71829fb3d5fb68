import { asyncScheduler, noop, type Subscription } from 'rxjs';
import { toBytes } from './body.js';
import type { Reader } from './reader.js';

export type { Reader };

const MAX_BYTES = 64 * 1024;

/**
 * The rest of a body, as text. A body that is read to its end returns its connection to the pool. One
 * that is open after so many milliseconds, or longer than 64 KiB, is cancelled.
 */
export async function readRest(reader: Reader | undefined, limit: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let room = MAX_BYTES;
  let ended = !reader;
  let timer: Subscription | undefined;
  // Not every body's pending read settles when the body is cancelled.
  const timeout = new Promise<undefined>((resolve) => {
    timer = asyncScheduler.schedule(() => {
      resolve(undefined);
    }, limit);
  });
  try {
    while (!ended && room > 0) {
      const read = await Promise.race([reader?.read(), timeout]);
      if (!read) break;
      ended = read.done === true;
      if (ended) break;
      const bytes = toBytes(read.value);
      text += decoder.decode(bytes.subarray(0, room), { stream: true });
      room -= bytes.length;
    }
  } catch {
    // The answer or the status is known by now: a body that breaks off doesn't change it.
  }
  timer?.unsubscribe();
  if (!ended) reader?.cancel().catch(noop);
  return text;
}
