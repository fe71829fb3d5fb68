import { describe, expect, it } from '@jest/globals';
import {
  EMPTY,
  NEVER,
  Observable,
  catchError,
  concat,
  finalize,
  from,
  interval,
  map,
  of,
  tap,
  throwError,
} from 'rxjs';
import { OllamaHttpError } from '../../lib/errors.js';
import {
  pipeToResponse,
  type Delivered,
  type DeliverOptions,
  type Format,
  type NodeResponseLike,
} from '../../lib/node/index.js';
import { chunk } from '../../lib/testing/index.js';
import type { Script } from '../../lib/testing/node/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { ask, createGate, start } from '../sources/support.js';
import {
  http1,
  http2,
  http2Quiet,
  neverRead,
  readEvents,
  serve,
  type Transport,
} from './support.js';

const hello = from([chunk.answer('Hel'), chunk.answer('lo'), chunk.done()]);

/** Serves a source to one client, and gives what both sides get. */
async function deliver<T>(
  transport: Transport,
  source$: Observable<T>,
  options?: DeliverOptions<T>,
  before: (response: NodeResponseLike) => unknown = () => undefined,
) {
  let settle: (delivered: Promise<Delivered>) => void;
  const delivered = new Promise<Delivered>((resolve) => {
    settle = resolve;
  });
  const send = await transport.open((response) => {
    void Promise.resolve(before(response)).then(() => {
      settle(pipeToResponse(source$, response, options));
    });
  });
  return { delivered, client: send() };
}

/** A format that waits for the first chunk, and writes texts as they are. */
const firstFormat = (failure?: Format['failure']): Format<ChatChunk> => ({
  headers: { 'Content-Type': 'text/plain' },
  commit: 'first',
  failure,
  encode: (options) => (source) =>
    source.pipe(
      map(({ message }) => message.content),
      catchError((error: unknown) => of(`"${options.toPublicError(error).code}"`)),
    ),
});

describe.each([http1, http2])('pipeToResponse over $name', (transport) => {
  it('streams server-sent events by default, with headers that keep proxies from buffering', async () => {
    const { client, delivered } = await deliver(transport, hello);
    const response = await client.response;
    expect(response.status).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    const text = await response.text();
    expect(readEvents(text).map(({ id, event }) => [id, event])).toEqual([
      ['1-1', 'chunk'],
      ['1-2', 'chunk'],
      ['1-3', 'chunk'],
      ['1-4', 'done'],
    ]);
    expect(await delivered).toEqual({ outcome: 'completed', bytes: Buffer.byteLength(text) });
  });

  it('sends headers and a comment before the source emits', async () => {
    const { client } = await deliver(transport, NEVER);
    expect(await (await client.response).read()).toBe(': open\n\n');
    client.leave();
  });

  it('sends headers at once for a format without an opening text', async () => {
    const silent: Format<never> = { headers: {}, commit: 'now', encode: () => () => NEVER };
    const { client } = await deliver(transport, NEVER, { format: silent });
    expect((await client.response).status).toBe(200);
    client.leave();
  });

  it('tells the client of an error by its code, and the caller by the error itself', async () => {
    const error = new OllamaHttpError('no /etc/models on gpu1', 500);
    const { client, delivered } = await deliver(
      transport,
      concat(
        of(chunk.answer('Hel')),
        throwError(() => error),
      ),
    );
    const [, last] = readEvents(await (await client.response).text());
    expect(last).toEqual({
      id: '1-2',
      event: 'failed',
      data: '{"type":"failed","code":"http","message":"The answer could not be completed."}',
    });
    expect(await delivered).toMatchObject({ outcome: 'failed', error });
  });

  it('subscribes to nothing if the client has left before', async () => {
    const { gate, open } = createGate();
    let subscribed = false;
    const source$ = new Observable<ChatChunk>(() => {
      subscribed = true;
    });
    const { client, delivered } = await deliver(transport, source$, {}, (response) => {
      const closed = new Promise<void>((resolve) => {
        response.on('close', resolve);
      });
      open();
      return closed;
    });
    await gate;
    client.leave();
    expect(await delivered).toEqual({ outcome: 'left', bytes: 0 });
    expect(subscribed).toBe(false);
  });

  it('has headers and a status of the caller', async () => {
    const headers = new Headers({ 'X-Accel-Buffering': 'yes', 'X-Run-Id': '7' });
    headers.append('Set-Cookie', 'a=1');
    headers.append('Set-Cookie', 'b=2');
    const { client } = await deliver(transport, hello, { headers, status: 201 });
    const response = await client.response;
    expect(response.status).toBe(201);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'yes',
      'x-run-id': '7',
      'set-cookie': ['a=1', 'b=2'],
    });
    await response.text();
  });

  it('answers an early error with a status, if the format waits for the first chunk', async () => {
    const error = new OllamaHttpError('no such model', 404);
    const { client, delivered } = await deliver(
      transport,
      throwError(() => error),
      { format: firstFormat(({ message }) => JSON.stringify({ message })) },
    );
    const response = await client.response;
    expect(response.status).toBe(404);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(await response.text()).toBe('{"message":"The answer could not be completed."}');
    expect(await delivered).toMatchObject({ outcome: 'failed', error });
  });

  it('answers an early error with the text of a format that has no other', async () => {
    const { client } = await deliver(
      transport,
      throwError(() => new TypeError('wrong')),
      { format: firstFormat() },
    );
    const response = await client.response;
    expect([response.status, await response.text()]).toEqual([500, '"internal"']);
  });

  it('keeps the status once there was a chunk', async () => {
    const source$ = concat(
      of(chunk.answer('Hel')),
      throwError(() => new TypeError('wrong')),
    );
    const { client } = await deliver(transport, source$, { format: firstFormat() });
    const response = await client.response;
    expect([response.status, await response.text()]).toEqual([200, 'Hel"internal"']);
  });

  it('sends headers for a source without a text', async () => {
    const { client, delivered } = await deliver(transport, EMPTY, {
      format: firstFormat(),
    });
    const response = await client.response;
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(await delivered).toEqual({ outcome: 'completed', bytes: 0 });
  });

  it('closes the connection if a format fails', async () => {
    const error = new Error('broken format');
    const broken: Format<ChatChunk> = {
      headers: {},
      commit: 'now',
      encode: () => () => throwError(() => error),
    };
    const { client, delivered } = await deliver(transport, hello, { format: broken });
    client.response.then((response) => response.text()).catch(() => undefined);
    expect(await delivered).toEqual({ outcome: 'failed', bytes: 0, error });
  });
});

/** When a client leaves: what the model has sent by then, and what of it the client reads first. */
const MOMENTS: readonly (readonly [when: string, script: Script, until: string])[] = [
  ['before the headers of the model', [{ fault: 'hang' }], ''],
  ['at the first chunk', ['Hel', { fault: 'hang' }], 'Hel'],
  [
    'in mid-stream',
    function* () {
      for (let n = 0; ; n++) yield { content: `${String(n)} `, delay: 1 };
    },
    '20 ',
  ],
  ['before the final chunk', ['Hel', 'lo', { thinking: 'end' }, { fault: 'hang' }], 'end'],
];

describe.each([http1, http2, http2Quiet])('a client over $name that leaves', (transport) => {
  it.each(MOMENTS)('%s stops the model', async (_, script, until) => {
    const ollama = await start(script);
    const { client, delivered } = await deliver(transport, ask(ollama));
    const request = await ollama.received();
    const response = await client.response;
    for (let text = ''; !text.includes(until);) text += await response.read();
    client.leave();
    expect(await request.closed).toBe('aborted');
    expect(await delivered).toMatchObject({ outcome: 'left' });
    expect(ollama.requests).toHaveLength(1);
  });

  it('before there are headers stops the model, if the format waits for the first chunk', async () => {
    const ollama = await start([{ fault: 'hang' }]);
    const { client, delivered } = await deliver(transport, ask(ollama), { format: firstFormat() });
    const request = await ollama.received();
    client.leave();
    expect(await request.closed).toBe('aborted');
    expect(await delivered).toEqual({ outcome: 'left', bytes: 0 });
  });
});

describe('a client that reads slowly', () => {
  const kilobytes = (count: number) => chunk.answer('x'.repeat(count * 1024));

  it('is dropped when too much waits for it, and the source is unsubscribed from', async () => {
    let most = 0;
    let isStopped = false;
    let delivered: Promise<Delivered> | undefined;
    const { gate, open } = createGate();
    const url = await serve((_, response) => {
      const source$ = interval(0).pipe(
        map(() => kilobytes(64)),
        tap(() => {
          most = Math.max(most, response.writableLength);
        }),
        finalize(() => {
          isStopped = true;
        }),
      );
      delivered = pipeToResponse(source$, response, { maxBuffered: 512 * 1024 });
      open();
    });
    await neverRead(url);
    await gate;
    expect(await delivered).toMatchObject({ outcome: 'slow' });
    expect(isStopped).toBe(true);
    expect(most).toBeGreaterThan(512 * 1024);
    expect(most).toBeLessThanOrEqual((512 + 256) * 1024);
  });

  it('is dropped in the middle of a synchronous source', async () => {
    const { delivered } = await deliver(
      http1,
      new Observable<ChatChunk>((subscriber) => {
        while (!subscriber.closed) subscriber.next(kilobytes(64));
      }),
      { maxBuffered: 0 },
    );
    expect(await delivered).toMatchObject({ outcome: 'slow' });
  });

  it('gets a text that is larger than the limit, and what follows it', async () => {
    const { client, delivered } = await deliver(http1, of(kilobytes(4096)), { maxBuffered: 1024 });
    const text = await (await client.response).text();
    expect(readEvents(text).map(({ event }) => event)).toEqual(['chunk', 'done']);
    expect(await delivered).toMatchObject({ outcome: 'completed' });
  });
});

describe('a mistake with the options', () => {
  const response = {} as NodeResponseLike;

  it.each<[DeliverOptions, string]>([
    [{ status: 99 }, 'status is 99. Set it to a number from 200 to 599.'],
    [{ status: 200.5 }, 'status is 200.5. Set it to a number from 200 to 599.'],
    [{ maxBuffered: -1 }, 'maxBuffered is -1. Set it to a whole number from 0, or to Infinity.'],
    [
      { heartbeat: NaN },
      'heartbeat is NaN. Set it to a number of ms from 0 to Infinity, or omit it.',
    ],
  ])('is named when the function is called: %p', (options, message) => {
    expect(() => pipeToResponse(hello, response, options)).toThrow(new RangeError(message));
  });

  it.each([{ 'X-Run-Id': 'a\nb' }, { 'no name': 'x' }, { 'x-é': 'x' }])(
    'is a header that is none: %p',
    (headers) => {
      // Of Node, whose TypeError is not that of the tests.
      expect(() => pipeToResponse(hello, response, { headers })).toThrow(
        expect.objectContaining({ name: 'TypeError' }),
      );
    },
  );
});
