import { asyncScheduler, noop } from 'rxjs';

export type Reader = ReadableStreamDefaultReader<Uint8Array>;

const MAX_BYTES = 64 * 1024;

/**
 * What is left of a body, as text. A body that is read to its end returns its connection to the pool;
 * one that is still open after so many milliseconds, or longer than 64 KiB, is given up.
 */
export async function readRest(reader: Reader | undefined, limit: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let room = MAX_BYTES;
  const leave = (): void => {
    reader?.cancel().catch(noop);
  };
  const timer = asyncScheduler.schedule(leave, limit);
  try {
    for (let read; room > 0 && (read = await reader?.read())?.value; room -= read.value.length) {
      text += decoder.decode(read.value.subarray(0, room), { stream: true });
    }
  } catch {
    // What matters is known by now, the answer or the status: a body that breaks off changes nothing.
  } finally {
    timer.unsubscribe();
    leave();
  }
  return text;
}
