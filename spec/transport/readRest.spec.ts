import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readRest } from '../../lib/transport/readRest.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A body that gives these reads and then stays open, and the reader of it. */
function createBody(...reads: (string | Error | null)[]) {
  const log: string[] = [];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const read = reads.shift();
      if (read instanceof Error) controller.error(read);
      else if (read === null) controller.close();
      else if (read !== undefined) controller.enqueue(encode(read));
      else return new Promise(() => undefined);
      return undefined;
    },
    cancel() {
      log.push('cancel');
    },
  });
  return { reader: body.getReader(), log };
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});

describe('readRest', () => {
  it('reads to the end, puts cut characters together, and leaves no timer', async () => {
    const bytes = encode('aé');
    const body = new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
          controller.close();
        },
      }),
    ).body;
    expect(await readRest(body?.getReader(), 100)).toBe('aé');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not cancel what has ended', async () => {
    const { reader, log } = createBody('a', null);
    expect(await readRest(reader, 100)).toBe('a');
    expect(log).toEqual([]);
  });

  it('gives up a body that stays open when its time is over', async () => {
    const { reader, log } = createBody('a');
    const rest = readRest(reader, 100);
    await jest.advanceTimersByTimeAsync(99);
    expect(log).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(log).toEqual(['cancel']);
    expect(await rest).toBe('a');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives up after 64 KiB a body that never ends, even one that keeps the event loop busy', async () => {
    const log: string[] = [];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(encode('x'.repeat(1000)));
      },
      cancel() {
        log.push('cancel');
      },
    });
    expect(await readRest(body.getReader(), 100)).toBe('x'.repeat(64 * 1024));
    expect(log).toEqual(['cancel']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits for nothing more when it has just as much', async () => {
    const { reader, log } = createBody('x'.repeat(64 * 1024));
    expect(await readRest(reader, 100)).toBe('x'.repeat(64 * 1024));
    expect(log).toEqual(['cancel']);
  });

  it('is content with what there is when a body breaks off', async () => {
    const { reader } = createBody('a', new Error('broken'));
    expect(await readRest(reader, 100)).toBe('a');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is over at once where there is no body', async () => {
    expect(await readRest(undefined, 100)).toBe('');
    expect(jest.getTimerCount()).toBe(0);
  });
});
