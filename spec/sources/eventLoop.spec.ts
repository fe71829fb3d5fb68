import { describe, expect, it } from '@jest/globals';
import { take, type Observable } from 'rxjs';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { fromOllamaStream } from '../../lib/sources/fromOllamaStream.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { REQUEST, ask, forbidConsole, listen, toContents } from './support.js';

const { answer, done } = chunk;

forbidConsole();

/** The limits of docs/semantics.md. */
const READS = 100;
const BYTES = 256 * 1024;

const contents = (count: number, length = 1) =>
  Array.from({ length: count }, (_, place) => String(place).padStart(length, '.'));
const toLines = (texts: readonly string[]) =>
  texts.map((text) => `${JSON.stringify(answer(text))}\n`);

/** A chat whose reads are all there already: no I/O separates them. */
function askQueued(reads: readonly string[], log: string[] = []): Observable<ChatChunk> {
  const encoder = new TextEncoder();
  const rest = [...reads, `${JSON.stringify(done())}\n`];
  const body = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const read of rest) controller.enqueue(encoder.encode(read));
        // It stays open: what has ended can't be cancelled.
      },
      cancel() {
        log.push('cancel');
      },
    });
  return ask({ url: 'http://127.0.0.1:1' }, { fetch: () => Promise.resolve(new Response(body())) });
}

const TEXTS = contents(1000);
async function* generate() {
  for (const text of TEXTS) yield answer(text);
  yield done();
}

/** Each way to a consumer on which no I/O separates the chunks. */
const bursts: Readonly<Record<string, () => Observable<ChatChunk>>> = {
  'a response, a line per read': () => askQueued(toLines(TEXTS)),
  'a client of the user’s own': () => fromOllamaChat(REQUEST, { client: { chat: generate } }),
  'a promise of such a client': () =>
    fromOllamaChat(REQUEST, { client: { chat: () => Promise.resolve(generate()) } }),
  'a stream of chunks': () => fromOllamaStream(generate),
  'a stream of lines': () =>
    fromOllamaStream(async function* () {
      yield* toLines(TEXTS);
      yield `${JSON.stringify(done())}\n`;
    }),
};

/** How many chunks had come when a timer fired that was due at the first one. */
function countBeforeTimer(chat: Observable<ChatChunk>): Promise<number> {
  let count = 0;
  let before = Infinity;
  return new Promise((resolve, reject) => {
    chat.subscribe({
      next() {
        if (count++) return;
        setTimeout(() => (before = count), 0);
        const due = performance.now() + 2;
        while (performance.now() < due);
      },
      error: reject,
      complete() {
        resolve(before);
      },
    });
  });
}

describe.each(Object.entries(bursts))('a burst from %s', (_, open) => {
  it('lets a timer fire that is due, after at most 100 reads', async () => {
    expect(await countBeforeTimer(open())).toBeLessThanOrEqual(READS);
  });

  it('keeps its order, and its end', async () => {
    const { values, error } = await listen(open());
    expect(error).toBeUndefined();
    expect(toContents(values)).toEqual([...TEXTS, '']);
  });

  it('delivers nothing after the consumer has unsubscribed while it waits for its turn', async () => {
    let count = 0;
    const subscription = open().subscribe(() => count++);
    // It is waiting for a turn in each turn, until it has ended.
    while (count < READS) await new Promise((resolve) => setImmediate(resolve));
    const before = count;
    subscription.unsubscribe();
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(before).toBeLessThan(TEXTS.length);
    expect(count).toBe(before);
  });
});

describe('a response', () => {
  it('waits for a turn after 256 KiB of few lines', async () => {
    // Each 38th line of 7 KB ends the 256 KiB.
    const reads = toLines(contents(200, 7000));
    expect(await countBeforeTimer(askQueued(reads))).toBeLessThanOrEqual(BYTES / 7000 + 1);
  });

  it('waits for turns in the middle of a long line too', async () => {
    const line = toLines(['x'.repeat(32 * BYTES)]).join('');
    const reads = Array.from({ length: 32 }, (_, place) =>
      line.slice((place * line.length) / 32, ((place + 1) * line.length) / 32),
    );
    let turns = 0;
    let ended = false;
    const count = () => {
      turns++;
      if (!ended) setImmediate(count);
    };
    setImmediate(count);
    const { values } = await listen(askQueued(reads));
    ended = true;
    expect(values[0]?.message.content).toHaveLength(32 * BYTES);
    expect(turns).toBeGreaterThanOrEqual(30);
  });

  it('emits all lines of one read synchronously, however many', async () => {
    let microtasks = 0;
    const turns = new Set<number>();
    await new Promise<void>((resolve) => {
      askQueued([toLines(contents(5000)).join('')])
        .pipe(take(5000))
        .subscribe({
          next() {
            queueMicrotask(() => microtasks++);
            turns.add(microtasks);
          },
          complete: resolve,
        });
    });
    expect([...turns]).toEqual([0]);
  });

  it('is cancelled in the frame in which the consumer unsubscribes while it waits for its turn', async () => {
    const log: string[] = [];
    let count = 0;
    const subscription = askQueued(toLines(contents(1000)), log).subscribe(() => count++);
    while (count < READS) await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual([]);
    subscription.unsubscribe();
    expect(log).toEqual(['cancel']);
  });
});
