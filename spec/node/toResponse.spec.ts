import { describe, expect, it } from '@jest/globals';
import { NEVER, Observable, finalize, from, interval, map, tap } from 'rxjs';
import {
  agUi,
  ndjson,
  ollama,
  openAi,
  toReadableStream,
  toResponse,
  uiMessages,
  type DeliverOptions,
  type Format,
} from '../../lib/node/index.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { ask, start } from '../sources/support.js';
import { failing, secretError } from './runs.js';
import { readEvents } from './support.js';

const hello = from([chunk.answer('Hel'), chunk.answer('lo'), chunk.done()]);

describe('toResponse', () => {
  it('is a response with the headers of the format and of the caller', async () => {
    const response = toResponse(hello, { status: 201, headers: { 'x-run-id': '7' } });
    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-run-id': '7',
    });
    expect(readEvents(await response.text()).map(({ event }) => event)).toEqual([
      'chunk',
      'chunk',
      'chunk',
      'done',
    ]);
  });

  it.each([
    ['ndjson', ndjson(), 'application/x-ndjson'],
    ['ollama', ollama(), 'application/x-ndjson'],
    ['openAi', openAi(), 'text/event-stream; charset=utf-8'],
    ['uiMessages', uiMessages(), 'text/event-stream; charset=utf-8'],
    ['agUi', agUi({ threadId: 't', runId: 'r' }), 'text/event-stream; charset=utf-8'],
  ] as const)('has headers with which no proxy holds %s back', (_, format: Format, type) => {
    const { headers } = toResponse(hello, { format });
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
  });

  it('takes each status that a response with a body can have', () => {
    expect(toResponse(hello, { status: 599 }).status).toBe(599);
    expect(() => toResponse(hello, { status: 600 })).toThrow(/^status is 600\. /);
  });

  it('makes no request before its body is read', async () => {
    let count = 0;
    const source$ = new Observable<ChatChunk>((subscriber) => {
      count++;
      subscriber.complete();
    });
    const response = toResponse(source$, { format: ndjson() });
    await new Promise(setImmediate);
    expect(count).toBe(0);
    expect(await response.text()).toBe('\n{"type":"done"}\n');
    expect(count).toBe(1);
  });

  it('ends well when the source fails', async () => {
    const text = await toResponse(failing(secretError())).text();
    expect(readEvents(text).at(-1)).toMatchObject({ event: 'failed' });
  });

  it.each<[DeliverOptions, string]>([
    [{ status: 99 }, 'status is 99. Set it to a number from 200 to 599.'],
    [{ maxBuffered: NaN }, 'maxBuffered is NaN. Set it to a whole number from 0, or to Infinity.'],
  ])('names a mistake: %p', (options, message) => {
    expect(() => toResponse(hello, options)).toThrow(new RangeError(message));
    expect(() => toReadableStream(hello, options)).toThrow(new RangeError(message));
  });
});

describe('toReadableStream', () => {
  const decoder = new TextDecoder();

  it('opens before the source emits', async () => {
    const reader = toReadableStream(NEVER).getReader();
    expect(decoder.decode((await reader.read()).value)).toBe(': open\n\n');
    await reader.cancel();
  });

  it.each([
    ['before the headers of the model', [{ fault: 'hang' }] as const, ''],
    ['in mid-stream', ['Hel', { fault: 'hang' }] as const, 'Hel'],
  ])('stops the model when it is cancelled %s', async (_, script, until) => {
    const ollama = await start(script);
    const reader = toReadableStream(ask(ollama)).getReader();
    let text = decoder.decode((await reader.read()).value);
    const request = await ollama.received();
    while (!text.includes(until)) text += decoder.decode((await reader.read()).value);
    await reader.cancel();
    expect(await request.closed).toBe('aborted');
  });

  it('fails for a reader that is too slow, and unsubscribes from the source', async () => {
    let sent = 0;
    let stop: () => void;
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const source$ = interval(0).pipe(
      map(() => chunk.answer('x'.repeat(64 * 1024))),
      tap(() => sent++),
      finalize(() => {
        stop();
      }),
    );
    const reader = toReadableStream(source$, { maxBuffered: 512 * 1024 }).getReader();
    await reader.read();
    await stopped;
    expect(sent * 64).toBeGreaterThan(512);
    expect(sent * 64).toBeLessThanOrEqual(512 + 256);
    await expect(reader.closed).rejects.toThrow(
      'The client reads too slowly: more than 524288 bytes wait for it. Raise maxBuffered if clients should get more time.',
    );
  });

  it('is ended by a reader that cancels while text waits', async () => {
    const reader = toReadableStream(hello).getReader();
    await reader.read();
    await reader.cancel();
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });
});
