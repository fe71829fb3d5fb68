import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler, concatWith, from, throwError, type SchedulerLike } from 'rxjs';
import { bufferForUi, type BufferForUiOptions } from '../../lib/operators/bufferForUi.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { textOf } from '../support/chunks.js';
import { expectInTime, runTimed, type Timed } from '../support/timed.js';

const { answer } = chunk;

type Chunk = ChatChunk & ChunkMarks;

describe('bufferForUi, given 1,000 words a second', () => {
  const WORDS = ['one ', 'two, ', 'three ', 'four. ', 'five\n'];
  const input: readonly Timed[] = Array.from({ length: 10_000 }, (_, i) => ({
    at: i,
    chunk: answer(WORDS[i % WORDS.length] ?? ''),
  }));

  const chunksOf = (timed: readonly Timed[]) => timed.map(({ chunk }) => chunk);
  const run = (options: BufferForUiOptions) =>
    runTimed(input, (scheduler) => bufferForUi({ ...options, scheduler }));

  it.each<[BufferForUiOptions, number]>([
    [{}, 16],
    [{ every: 100 }, 100],
    [{ by: 'grapheme' }, 250],
    [{ by: 'word' }, 250],
    [{ by: 'sentence', maxHold: 40 }, 40],
    [{ by: 'line' }, 250],
    [{ pace: { maxLag: 50 } }, 50],
    [{ pace: { maxLag: 300 } }, 300],
    [{ pace: { maxLag: 300 }, by: 'word' }, 300],
    [{ pace: { maxLag: 1000 }, by: 'sentence', maxHold: 500 }, 1000],
  ])('is never later than it may be: %j, %i ms', (options, lag) => {
    const output = run(options);
    expect(textOf(chunksOf(output))).toEqual(textOf(chunksOf(input)));
    expectInTime(input, output, lag);
  });

  it('keeps an even pace', () => {
    const output = run({ pace: { maxLag: 300 } });
    const sizes = output
      .filter(({ at }) => at > 2000 && at < 9000)
      .map((each) => each.chunk.message.content.length);
    // 5.2 characters a millisecond.
    expect(Math.min(...sizes)).toBeGreaterThan(0.95 * 5.2 * 16);
    expect(Math.max(...sizes)).toBeLessThan(1.05 * 5.2 * 16);
  });
});

// Work that grew with the square of the number, or a spread of them all, would not get through this.
describe('bufferForUi, given 200,000 chunks at once', () => {
  const COUNT = 200_000;
  const chunk: Chunk = { ...answer('lorem '), logprobs: [{ token: 'lorem', logprob: -1 }] };
  const many = Array.from({ length: COUNT }, () => chunk);

  const gather = (options: BufferForUiOptions, scheduler?: SchedulerLike) => {
    const taken: Chunk[] = [];
    let end = '';
    from(many)
      .pipe(
        concatWith(options.pace ? [] : throwError(() => new Error('cut'))),
        bufferForUi({ ...options, ...(scheduler && { scheduler }) }),
      )
      .subscribe({
        next: (piece) => taken.push(piece),
        error: (error: unknown) => (end = String(error)),
        complete: () => (end = 'complete'),
      });
    return { taken, end: () => end };
  };

  it.each<BufferForUiOptions>([
    {},
    { by: 'grapheme' },
    { by: 'word' },
    { by: 'line' },
    { pace: { maxLag: 100 } },
    { pace: { maxLag: 100 }, by: 'word' },
    { pace: { maxLag: 100 }, by: 'sentence' },
    { pace: { maxLag: 100 }, by: 'line' },
  ])('loses nothing: %j', (options) => {
    const scheduler = new VirtualTimeScheduler();
    const { taken, end } = gather(options, scheduler);
    scheduler.flush();
    expect(end()).toBe(options.pace ? 'complete' : 'Error: cut');
    expect(textOf(taken).answer).toBe('lorem '.repeat(COUNT));
    expect(taken.flatMap(({ logprobs = [] }) => logprobs)).toHaveLength(COUNT);
  });
});
