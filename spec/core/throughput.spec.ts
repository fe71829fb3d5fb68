import { describe, expect, it } from '@jest/globals';
import { createThroughput, type Throughput } from '../../lib/core/throughput.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { delta, final } from '../support/chunks.js';

const { answer, done, thinking, toolCall } = chunk;

type Marked = ChatChunk & ChunkMarks;
type Arrival = readonly [at: number, chunk: Marked];

/** When the measured stream was subscribed to. */
const START = 5000;

const measureAll = (...arrivals: readonly Arrival[]): Throughput[] => {
  const meter = createThroughput(START);
  return arrivals.map(([at, chunk]) => meter.add(chunk, START + at));
};

const measure = (...arrivals: readonly Arrival[]) => measureAll(...arrivals).at(-1);

const finalWith = (content: string) => final({ message: { role: 'assistant', content } });

describe('while the model is at it', () => {
  it('every chunk counts as a token, and the rate is over the time since the first', () => {
    const arrivals: Arrival[] = [0, 100, 150, 400].map((after) => [2000 + after, answer('a')]);
    const figures = measureAll(...arrivals);
    expect(figures.map(({ tokens }) => tokens)).toEqual([1, 2, 3, 4]);
    // None in no time, then 1 in 100 ms, 2 in 150 ms, 3 in 400 ms.
    expect(figures.map(({ tokensPerSecond }) => tokensPerSecond)).toEqual([0, 10, 2000 / 150, 7.5]);
    expect(figures.map(({ exact }) => exact)).toEqual([false, false, false, false]);
  });

  it('thinking, calls and empty chunks are tokens too', () => {
    const chunks = [thinking('a'), toolCall('add'), answer(''), delta({ content: 'b' })];
    expect(measure(...chunks.map((chunk): Arrival => [0, chunk]))?.tokens).toBe(4);
  });

  it('a merged chunk counts for as many as it is made of', () => {
    const arrivals: Arrival[] = [
      [100, { ...answer('abc'), merged: 3 }],
      [200, answer('d')],
      [300, { ...answer('ef'), merged: 2 }],
      [400, { ...answer('g'), merged: 0 }],
    ];
    const figures = measureAll(...arrivals);
    expect(figures.map(({ tokens }) => tokens)).toEqual([3, 4, 6, 6]);
    // Those that came with the first chunk took a time that isn't known.
    expect(figures.map(({ tokensPerSecond }) => tokensPerSecond)).toEqual([0, 10, 15, 10]);
  });

  it('chunks that all come at once have no rate', () => {
    expect(measure([100, answer('a')], [100, answer('b')])?.tokensPerSecond).toBe(0);
  });

  it('statistics that a chunk has already are not looked at', () => {
    const early = { ...final({ eval_count: 50, eval_duration: 1e9 }), done: false as const };
    expect(measure([100, answer('a')], [200, early])).toMatchObject({ tokens: 2, exact: false });
  });

  it('has no figures but its own', () => {
    expect(measure([100, answer('a')])).toStrictEqual({
      phase: 'answer',
      firstChunkMs: 100,
      firstAnswerMs: 100,
      totalMs: 100,
      tokens: 1,
      tokensPerSecond: 0,
      exact: false,
    });
  });
});

describe('the first of each', () => {
  it('is timed from subscribing', () => {
    const figures = measureAll(
      [100, answer('')],
      [200, thinking('a')],
      [300, thinking('b')],
      [400, answer('c')],
      [500, answer('d')],
    );
    const firsts = figures.map(({ firstChunkMs, firstThinkingMs, firstAnswerMs }) => [
      firstChunkMs,
      firstThinkingMs,
      firstAnswerMs,
    ]);
    expect(firsts).toEqual([
      [100, undefined, undefined],
      [100, 200, undefined],
      [100, 200, undefined],
      [100, 200, 400],
      [100, 200, 400],
    ]);
    expect(figures[0]).not.toHaveProperty('firstThinkingMs');
    expect(figures[0]).not.toHaveProperty('firstAnswerMs');
    expect(figures.map(({ totalMs }) => totalMs)).toEqual([100, 200, 300, 400, 500]);
  });

  it('may come at the very start', () => {
    expect(measure([0, thinking('a')])).toMatchObject({ firstChunkMs: 0, firstThinkingMs: 0 });
  });

  it('is thinking when a chunk says that the answer so far was', () => {
    const figures = measure([100, answer('hm')], [200, { ...answer('391'), reclassify: true }]);
    expect(figures).toMatchObject({ firstChunkMs: 100, firstThinkingMs: 100, firstAnswerMs: 200 });
  });

  it('of the answer is not there yet when nothing but what was thinking has come', () => {
    const figures = measure([100, answer('hm')], [200, { ...toolCall('add'), reclassify: true }]);
    expect(figures?.firstThinkingMs).toBe(100);
    expect(figures).not.toHaveProperty('firstAnswerMs');
  });

  it('of thinking stays when it was timed already', () => {
    const arrivals: Arrival[] = [
      [100, thinking('a')],
      [200, answer('hm')],
      [300, { ...answer('391'), reclassify: true }],
    ];
    expect(measure(...arrivals)?.firstThinkingMs).toBe(100);
  });
});

describe('the phase', () => {
  it.each<[string, Marked]>([
    ['thinking', thinking('a')],
    ['answer', answer('a')],
    ['answer', answer('')],
    ['answer', delta({ thinking: 'a', content: 'b' })],
    ['tools', delta({ content: 'a', tool_calls: toolCall('add').message.tool_calls ?? [] })],
    ['done', finalWith('a')],
    ['done', { ...answer('a'), phase: 'done' }],
  ])('is %s', (phase, chunk) => {
    expect(measure([0, chunk])?.phase).toBe(phase);
  });

  it('stays when a chunk is about nothing', () => {
    expect(measure([0, thinking('a')], [0, answer('')])?.phase).toBe('thinking');
  });
});

describe('the final chunk', () => {
  it("replaces what was counted by the server's own figures", () => {
    // 100 tokens in 2 s are 50 a second, 26 tokens of the prompt in 0.5 s are 52.
    expect(measure([100, thinking('a')], [200, answer('b')], [300, done()])).toStrictEqual({
      phase: 'done',
      firstChunkMs: 100,
      firstThinkingMs: 100,
      firstAnswerMs: 200,
      tokens: 100,
      tokensPerSecond: 50,
      exact: true,
      loadMs: 800,
      promptTokens: 26,
      promptMs: 500,
      promptTokensPerSecond: 52,
      generationMs: 2000,
      totalMs: 3300,
    });
  });

  it('stays inexact without durations, but knows how many tokens there were', () => {
    const cloud = final({ total_duration: 737_855_362, prompt_eval_count: 11, eval_count: 12 });
    // The first chunk's token aside, 11 in half a second.
    expect(measure([100, answer('a')], [600, cloud])).toStrictEqual({
      phase: 'done',
      firstChunkMs: 100,
      firstAnswerMs: 100,
      tokens: 12,
      tokensPerSecond: 22,
      exact: false,
      promptTokens: 11,
      totalMs: 737.855362,
    });
  });

  it.each([
    [12, 18],
    [2, 0],
  ])('tells of %i tokens of which the first three came in one: %i a second', (count, expected) => {
    const first = { ...answer('abc'), merged: 3 };
    const figures = measure([100, first], [600, final({ eval_count: count })]);
    expect(figures?.tokensPerSecond).toBe(expected);
  });

  it('leaves what was counted when it tells nothing', () => {
    const figures = measure([100, answer('a')], [200, answer('b')], [300, final({})]);
    // One token in 200 ms, and no other since.
    expect(figures).toStrictEqual({
      phase: 'done',
      firstChunkMs: 100,
      firstAnswerMs: 100,
      tokens: 2,
      tokensPerSecond: 5,
      exact: false,
      totalMs: 300,
    });
  });

  it('stays inexact with a duration and no count', () => {
    const figures = measure([100, answer('a')], [200, final({ eval_duration: 90_000_000 })]);
    expect(figures).toMatchObject({ tokens: 1, exact: false, generationMs: 90 });
  });

  it('knows no rate of a prompt that was in the cache', () => {
    const figures = measure([100, final({ prompt_eval_duration: 90_000_000 })]);
    expect(figures?.promptMs).toBe(90);
    expect(figures).not.toHaveProperty('promptTokensPerSecond');
  });

  it.each<[number, string, Marked]>([
    [0, 'nothing', final({})],
    [1, 'text', finalWith('a')],
    [1, 'calls', { ...final({}), message: toolCall('add').message }],
    [3, 'text of three', { ...finalWith('a'), merged: 3 }],
  ])('counts for %i if it is all there is, and carries %s', (tokens, _, chunk) => {
    expect(measure([100, chunk])).toMatchObject({ tokens, tokensPerSecond: 0, exact: false });
  });
});

describe('a request made again', () => {
  it('is measured from its own first chunk, in a time that goes on', () => {
    const figures = measureAll(
      [100, thinking('a')],
      [200, answer('b')],
      [1000, { ...answer('a'), reset: true }],
      [1200, answer('b')],
    );
    expect(figures[2]).toStrictEqual({
      phase: 'answer',
      firstChunkMs: 1000,
      firstAnswerMs: 1000,
      totalMs: 1000,
      tokens: 1,
      tokensPerSecond: 0,
      exact: false,
    });
    expect(figures[3]).toMatchObject({ tokens: 2, tokensPerSecond: 5, totalMs: 1200 });
  });

  it('is measured like the next one in a run of tools', () => {
    const before: Arrival[] = [
      [100, thinking('a')],
      [200, answer('b')],
    ];
    const again = measureAll(...before, [1000, { ...toolCall('add'), reset: true }]);
    const next = measureAll(...before, [300, done()], [1000, toolCall('add')]);
    expect(next.at(-1)).toStrictEqual(again.at(-1));
  });

  it('has nothing of the phase before', () => {
    expect(measure([0, thinking('a')], [1, { ...answer(''), reset: true }])?.phase).toBe('answer');
  });
});

it('never changes what it gave', () => {
  const meter = createThroughput(START);
  const first = meter.add(answer('a'), START + 100);
  const copy = { ...first };
  meter.add({ ...answer('b'), reset: true }, START + 200);
  meter.add(done(), START + 300);
  expect(first).toStrictEqual(copy);
});
