import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it, jest } from '@jest/globals';
import { take } from 'rxjs';
import { OllamaConnectionError, OllamaHttpError } from '../../lib/errors.js';
import { chunk } from '../../lib/testing/index.js';
import { isOk, isResponse, openBody, toBytes } from '../../lib/transport/body.js';
import {
  REQUEST,
  ask,
  forbidConsole,
  listen,
  start,
  stopTime,
  toContents,
} from '../sources/support.js';

const { answer, done } = chunk;

forbidConsole();

const TEXTS = ['Hel', 'lö ', '漢😀'];
const WHOLE = [...TEXTS.map((text) => answer(text)), done()]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');
const BYTES = new TextEncoder().encode(WHOLE);

/** The bytes, cut in the middle of lines and characters. */
const pieces = Array.from({ length: Math.ceil(BYTES.length / 7) }, (_, place) =>
  BYTES.subarray(place * 7, place * 7 + 7),
);
const strings = WHOLE.match(/[^]{1,7}/gu) ?? [];

async function* give<T>(values: Iterable<T>): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

const askBy = (response: unknown, request = REQUEST) =>
  ask(
    { url: 'http://127.0.0.1:1' },
    { fetch: () => Promise.resolve(response) as Promise<never> },
    request,
  );

/** What a `fetch` may give in the place of a web stream; the last three once all has come. */
const bodies: Readonly<Record<string, () => object>> = {
  'a web stream': () => ({ body: new Response(WHOLE).body }),
  'a web stream that can not be iterated': () => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
    return { body: { getReader: () => stream.getReader() } };
  },
  'a web stream of text': () => ({
    body: new ReadableStream<string>({
      start(controller) {
        for (const text of strings) controller.enqueue(text);
        controller.close();
      },
    }),
  }),
  'a stream of Node': () => ({ body: Readable.from(pieces.map((piece) => Buffer.from(piece))) }),
  'a stream of Node with an encoding': () => ({
    body: Readable.from(
      pieces.map((piece) => Buffer.from(piece)),
      { objectMode: false },
    ).setEncoding('utf8'),
  }),
  'an async iterable of bytes': () => ({ body: give(pieces) }),
  'an async iterable of text': () => ({ body: give(strings) }),
  'an async iterable of buffers and views': () => ({
    body: give(
      pieces.map((piece, place) =>
        place % 2 ? piece.slice().buffer : new DataView(piece.slice().buffer),
      ),
    ),
  }),
  'no body, but text()': () => ({ text: () => Promise.resolve(WHOLE) }),
  'body: null, but text()': () => ({ body: null, text: () => Promise.resolve(WHOLE) }),
  'no body, but arrayBuffer()': () => ({
    arrayBuffer: () => Promise.resolve(BYTES.slice().buffer),
  }),
};

describe.each(Object.entries(bodies))('a response with %s', (_, open) => {
  it('is read as chunks', async () => {
    const { values, error } = await listen(askBy({ ok: true, status: 200, ...open() }));
    expect(error).toBeUndefined();
    expect(toContents(values)).toEqual([...TEXTS, '']);
  });

  it('is read to the end of an error', async () => {
    const { error } = await listen(askBy({ ok: false, status: 400, ...open() }));
    expect(error).toBeInstanceOf(OllamaHttpError);
    expect(error).toMatchObject({ status: 400, body: WHOLE });
  });
});

describe('a body', () => {
  it('of Node is destroyed when the consumer unsubscribes, although a read is pending', async () => {
    const body = new Readable({ read: () => undefined });
    body.push(WHOLE.slice(0, WHOLE.indexOf('\n') + 1));
    const { values } = await listen(askBy({ ok: true, status: 200, body }).pipe(take(1)));
    expect(values).toHaveLength(1);
    expect(body.destroyed).toBe(true);
  });

  it('of node:http, as node-fetch has it, stops the model', async () => {
    const ollama = await start(['a', 'b', { fault: 'hang' }]);
    const fetch = (url: unknown, init?: RequestInit) =>
      new Promise<never>((resolve, reject) => {
        const { method = 'GET', headers, body, signal } = init ?? {};
        const sent = httpRequest(
          String(url),
          { method, headers: headers as never, ...(signal && { signal }) },
          (message: IncomingMessage) => {
            const status = message.statusCode ?? 0;
            resolve({ ok: status < 300, status, body: message } as never);
          },
        );
        sent.on('error', reject);
        sent.end(body);
      });
    const { values } = await listen(ask(ollama, { fetch }).pipe(take(2)));
    expect(toContents(values)).toEqual(['a', 'b']);
    expect(await (await ollama.received()).closed).toBe('aborted');
  });

  it('that fails is a broken connection', async () => {
    const error = new Error('socket hang up');
    for (const body of [
      { text: () => Promise.reject(error) },
      {
        body: new Readable({
          read() {
            this.destroy(error);
          },
        }),
      },
    ]) {
      const heard = await listen(askBy({ ok: true, status: 200, ...body }));
      expect(heard.error).toBeInstanceOf(OllamaConnectionError);
      expect((heard.error as Error).message).toContain('socket hang up');
    }
  });

  it('that never ends is given 1 s in an error, in each form', async () => {
    stopTime();
    const never = () => new Promise<never>(() => undefined);
    const forms: readonly object[] = [
      { body: new ReadableStream({ pull: never }) },
      { body: new Readable({ read: () => undefined }) },
      { body: { [Symbol.asyncIterator]: () => ({ next: never }) } },
      { text: never },
    ];
    for (const form of forms) {
      const heard = listen(askBy({ ok: false, status: 500, statusText: 'Oops', ...form }));
      while (jest.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
      await jest.advanceTimersByTimeAsync(1000);
      expect((await heard).error).toMatchObject({ status: 500, body: '' });
      expect(jest.getTimerCount()).toBe(0);
    }
  });

  it('that has been read, or is being read, is an error that says what to do', async () => {
    const read = new Response(WHOLE);
    await read.text();
    const locked = new Response(WHOLE);
    locked.body?.getReader();
    for (const response of [read, locked, { ok: true, status: 200, bodyUsed: true, body: null }]) {
      const { values, error } = await listen(askBy(response));
      expect(values).toEqual([]);
      expect(error).toBeInstanceOf(OllamaConnectionError);
      expect((error as Error).message).toMatch(/locked|been read already/);
    }
  });

  it.each([
    ['an object', [{}]],
    ['null', [null]],
    ['a number', [1]],
  ])('of %s is an error that says what to do', async (_, values) => {
    const { error } = await listen(askBy({ ok: true, status: 200, body: give<unknown>(values) }));
    expect(error).toBeInstanceOf(OllamaConnectionError);
    expect((error as Error).message).toContain('is not bytes or text');
  });

  it('that is nowhere is an error that says what to do, unless the status says more', async () => {
    const { error } = await listen(askBy({ ok: true, status: 200 }));
    expect(error).toBeInstanceOf(OllamaConnectionError);
    expect((error as Error).message).toContain('Pass a fetch');
    const refused = await listen(askBy({ ok: false, status: 503, statusText: 'Busy' }));
    expect(refused.error).toMatchObject({ code: 'http', status: 503, body: '' });
  });

  it('that is empty is a truncated answer', async () => {
    for (const body of [
      { text: () => Promise.resolve('') },
      {
        body: new Readable({
          read() {
            this.push(null);
          },
        }),
      },
    ]) {
      const { error } = await listen(askBy({ ok: true, status: 200, ...body }));
      expect(error).toMatchObject({ code: 'truncated' });
    }
  });
});

describe('a fetch that gives no response', () => {
  it.each<[string, () => unknown]>([
    ['undefined', () => undefined],
    ['a promise of undefined', () => Promise.resolve()],
    ['a promise of null', () => Promise.resolve(null)],
    ['a promise of an object', () => Promise.resolve({})],
    ['a promise of a text', () => Promise.resolve(WHOLE)],
    ['a number', () => 200],
  ])('but %s is an error that says so', async (_, give) => {
    const { values, error } = await listen(
      ask({ url: 'http://127.0.0.1:1' }, { fetch: give as never }),
    );
    expect(values).toEqual([]);
    expect(error).toBeInstanceOf(OllamaConnectionError);
    expect((error as Error).message).toContain('resolves to');
  });
});

describe('stream: false', () => {
  it('is read from a response without a body', async () => {
    const text = JSON.stringify({ ...done(), message: { role: 'assistant', content: 'Hi' } });
    const response = { ok: true, status: 200, text: () => Promise.resolve(text) };
    const { values } = await listen(askBy(response, { ...REQUEST, stream: false }));
    expect(toContents(values)).toEqual(['Hi']);
  });
});

describe('isResponse', () => {
  it.each([
    [{ ok: true }, true],
    [{ status: 200 }, true],
    [{ ok: 1, status: '200' }, false],
    [{}, false],
    [null, false],
  ])('says of %j: %j', (value, expected) => {
    expect(isResponse(value)).toBe(expected);
  });
});

describe('isOk', () => {
  it.each([
    [{ ok: true, status: 500 }, true],
    [{ ok: false, status: 200 }, false],
    [{ status: 199 }, false],
    [{ status: 200 }, true],
    [{ status: 299 }, true],
    [{ status: 300 }, false],
    [{}, true],
  ])('says of %j: %j', (response, expected) => {
    expect(isOk(response)).toBe(expected);
  });
});

describe('openBody', () => {
  it('prefers a stream to text(), and text() to arrayBuffer()', async () => {
    const give = (text: string) => new TextEncoder().encode(text);
    const read = async (response: Parameters<typeof openBody>[0]) => {
      const value = (await openBody(response)?.read())?.value;
      return value === undefined ? undefined : new TextDecoder().decode(toBytes(value));
    };
    const text = () => Promise.resolve('text');
    const arrayBuffer = () => Promise.resolve(give('buffer').buffer);
    expect(await read({ body: new Response('body').body, text, arrayBuffer })).toBe('body');
    expect(await read({ body: null, text, arrayBuffer })).toBe('text');
    expect(await read({ arrayBuffer })).toBe('buffer');
    expect(openBody({})).toBeUndefined();
  });
});
