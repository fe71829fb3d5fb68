import { describe, expect, it } from '@jest/globals';
import { NEVER, concat, finalize, from, of, throwError } from 'rxjs';
import { readFrames, type SseFrame } from '../../lib/node/index.js';
import { toFrames } from '../../lib/node/frames.js';
import { chunk } from '../../lib/testing/index.js';
import type { Streamed } from '../../lib/tools/events.js';
import { listen } from '../sources/support.js';
import { runAll } from '../tools/support.js';
import { twoTools } from './runs.js';

const { answer, done, thinking, toolCall } = chunk;

const toChunkFrame = (value: Streamed): SseFrame => ({
  event: 'chunk',
  data: JSON.stringify(value),
});
const toTerminal = (event: SseFrame['event'], fields: object = {}): SseFrame => ({
  event,
  data: JSON.stringify({ type: event, ...fields }),
});
const hel = toChunkFrame(answer('Hel'));
const toPublicError = () => ({ code: 'internal', message: 'No.' });

describe('readFrames', () => {
  it.each<[string, readonly Streamed[]]>([
    ['a chat', [thinking('Hm.'), answer('Hello'), toolCall('add', { x: 1 }, 'a'), done()]],
    ['a run of tools', runAll(twoTools())],
    ['nothing', []],
  ])('emits what the events of %s were made of', async (_, values) => {
    const source$ = from(values).pipe(toFrames({ toPublicError }), readFrames());
    const heard = await listen(source$);
    expect(heard.values).toEqual(JSON.parse(JSON.stringify(values)));
    expect(heard.error).toBeUndefined();
    expect((await listen(source$)).values).toEqual(heard.values);
  });

  it.each(['done', 'stopped'] as const)('completes at %s, and reads no further', async (event) => {
    let isLeft = false;
    const source$ = concat(of(hel, toTerminal(event), hel), NEVER).pipe(
      finalize(() => {
        isLeft = true;
      }),
    );
    const heard = await listen(source$.pipe(readFrames()));
    expect(heard).toEqual({ values: [answer('Hel')], count: 2 });
    expect(heard).not.toHaveProperty('error');
    expect(isLeft).toBe(true);
  });

  it.each<[SseFrame, string, string]>([
    [toTerminal('failed', { code: 'stream', message: 'No memory.' }), 'stream', 'No memory.'],
    [toTerminal('closing'), 'connection', 'The server shuts down. Make the request again.'],
    [
      toTerminal('abandoned'),
      'truncated',
      'The run was stopped, because no client read it for too long.',
    ],
    [
      toTerminal('gap', { first: '2-1' }),
      'truncated',
      'The server no longer has the events before 2-1.',
    ],
  ])('errors at %j, with the message so far', async (frame, code, message) => {
    const ofRun: SseFrame = {
      event: 'chunk',
      data: JSON.stringify({ type: 'chunk', step: 1, chunk: answer('Hel') }),
    };
    for (const first of [hel, ofRun]) {
      const { values, error } = await listen(of(first, frame).pipe(readFrames()));
      expect(values).toHaveLength(1);
      expect(error).toMatchObject({ code, message, partial: { content: 'Hel' } });
    }
    const { error } = await listen(of(frame).pipe(readFrames()));
    expect(error).toMatchObject({ code, message });
    expect(error).not.toHaveProperty('partial');
  });

  it('leaves out events with a name of the gateway’s own', async () => {
    const own = { event: 'title', data: 'Hello' } as unknown as SseFrame;
    const { values } = await listen(of(own, hel, own).pipe(readFrames()));
    expect(values).toEqual([answer('Hel')]);
  });

  it('refuses an event that is none, with the message so far', async () => {
    const { values, error } = await listen(
      of(hel, { event: 'chunk', data: '{"done":' } as const).pipe(readFrames()),
    );
    expect(values).toEqual([answer('Hel')]);
    expect(error).toMatchObject({ code: 'protocol', partial: { content: 'Hel' } });
  });

  it('passes an error of its source on, unchanged', async () => {
    const failure = new RangeError('lost');
    const { values, error } = await listen(
      concat(
        of(hel),
        throwError(() => failure),
      ).pipe(readFrames()),
    );
    expect(values).toEqual([answer('Hel')]);
    expect(error).toBe(failure);
  });
});
