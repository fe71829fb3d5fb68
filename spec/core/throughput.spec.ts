import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createThroughput, type Throughput } from '../../lib/core/throughput.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChatStatistics, ChunkMarks } from '../../lib/types/index.js';
import { delta, final } from '../support/chunks.js';

const { answer, done, thinking, toolCall } = chunk;

type Marked = ChatChunk & ChunkMarks;
type Arrival = readonly [at: number, chunk: Marked];

/** When the measured stream was subscribed to. */
const START = 5000;

const measureAll = (...arrivals: readonly Arrival[]): Throughput[] => {
  const counter = createThroughput(START);
  return arrivals.map(([at, chunk]) => counter.add(chunk, START + at));
};

const measure = (...arrivals: readonly Arrival[]) => measureAll(...arrivals).at(-1);

const finalWith = (content: string) => final({ message: { role: 'assistant', content } });

describe('before the final chunk', () => {
  it('every chunk counts as a token, and the rate is over the time since the first', () => {
    const arrivals: Arrival[] = [0, 100, 150, 400].map((after) => [2000 + after, answer('a')]);
    const values = measureAll(...arrivals);
    expect(values.map(({ tokens }) => tokens)).toEqual([1, 2, 3, 4]);
    // 1 in 100 ms, 2 in 150 ms, 3 in 400 ms.
    const rates = values.map(({ tokensPerSecond }) => tokensPerSecond);
    expect(rates).toEqual([undefined, 10, 2000 / 150, 7.5]);
    expect(values.map(({ exact }) => exact)).toEqual([false, false, false, false]);
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
    const values = measureAll(...arrivals);
    expect(values.map(({ tokens }) => tokens)).toEqual([3, 4, 6, 6]);
    // How long those of the first chunk took is not known.
    const rates = values.map(({ tokensPerSecond }) => tokensPerSecond);
    expect(rates).toEqual([undefined, 10, 15, 10]);
  });

  it('there is no rate until the first chunk is 100 ms ago', () => {
    const at = [100, 100, 101, 199, 200];
    const rates = measureAll(...at.map((ms): Arrival => [ms, answer('a')])).map(
      (throughput) => 'tokensPerSecond' in throughput && throughput.tokensPerSecond,
    );
    expect(rates).toEqual([false, false, false, false, 40]);
  });

  it('there is no rate when no token has come since the first chunk', () => {
    expect(measure([100, answer('a')], [900, { ...answer(''), merged: 0 }])).not.toHaveProperty(
      'tokensPerSecond',
    );
  });

  it.each([
    [5000, 50_000],
    [5001, undefined],
  ])('%i tokens in 100 ms are %p a second: what a proxy held back has no rate', (merged, rate) => {
    const burst = { ...answer('a'), merged };
    expect(measure([100, answer('a')], [200, burst])?.tokensPerSecond).toBe(rate);
  });

  it('statistics that a chunk has already are not looked at', () => {
    const early = { ...final({ eval_count: 50, eval_duration: 1e9 }), done: false as const };
    expect(measure([100, answer('a')], [200, early])).toMatchObject({ tokens: 2, exact: false });
  });

  it('has no fields but its own', () => {
    expect(measure([100, answer('a')])).toStrictEqual({
      phase: 'answer',
      firstChunkMs: 100,
      firstAnswerMs: 100,
      totalMs: 100,
      tokens: 1,
      exact: false,
    });
  });
});

describe('the first of each', () => {
  it('is timed from subscribing', () => {
    const values = measureAll(
      [100, answer('')],
      [200, thinking('a')],
      [300, thinking('b')],
      [400, answer('c')],
      [500, answer('d')],
    );
    const firsts = values.map(({ firstChunkMs, firstThinkingMs, firstAnswerMs }) => [
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
    expect(values[0]).not.toHaveProperty('firstThinkingMs');
    expect(values[0]).not.toHaveProperty('firstAnswerMs');
    expect(values.map(({ totalMs }) => totalMs)).toEqual([100, 200, 300, 400, 500]);
  });

  it('may come at the very start', () => {
    expect(measure([0, thinking('a')])).toMatchObject({ firstChunkMs: 0, firstThinkingMs: 0 });
  });

  it('is thinking when a chunk says that the answer so far was', () => {
    const values = measure([100, answer('hm')], [200, { ...answer('391'), reclassify: true }]);
    expect(values).toMatchObject({ firstChunkMs: 100, firstThinkingMs: 100, firstAnswerMs: 200 });
  });

  it('of the answer is not there yet when nothing but what was thinking has come', () => {
    const values = measure([100, answer('hm')], [200, { ...toolCall('add'), reclassify: true }]);
    expect(values?.firstThinkingMs).toBe(100);
    expect(values).not.toHaveProperty('firstAnswerMs');
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
  it("replaces what was counted by the server's own statistics", () => {
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
    [3, undefined],
    [2, undefined],
  ])('has %i tokens, and the first three came in one: %p a second', (count, expected) => {
    const first = { ...answer('abc'), merged: 3 };
    const values = measure([100, first], [600, final({ eval_count: count })]);
    expect(values?.tokensPerSecond).toBe(expected);
  });

  it('leaves what was counted when it has no statistics', () => {
    const values = measure([100, answer('a')], [200, answer('b')], [300, final({})]);
    // One token in 200 ms, and no other since.
    expect(values).toStrictEqual({
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
    const values = measure([100, answer('a')], [200, final({ eval_duration: 90_000_000 })]);
    expect(values).toMatchObject({ tokens: 1, exact: false, generationMs: 90 });
  });

  it('knows no rate of a prompt that was in the cache', () => {
    const values = measure([100, final({ prompt_eval_duration: 90_000_000 })]);
    expect(values?.promptMs).toBe(90);
    expect(values).not.toHaveProperty('promptTokensPerSecond');
  });

  it.each<[number, string, Marked]>([
    [0, 'nothing', final({})],
    [1, 'text', finalWith('a')],
    [1, 'calls', { ...final({}), message: toolCall('add').message }],
    [3, 'text of three', { ...finalWith('a'), merged: 3 }],
  ])('counts for %i if it is all there is, and carries %s', (tokens, _, chunk) => {
    const throughput = measure([100, chunk]);
    expect(throughput).toMatchObject({ tokens, exact: false });
    expect(throughput).not.toHaveProperty('tokensPerSecond');
  });
});

describe('a rate that the server did not measure', () => {
  it.each<[string, ChatStatistics, expected: Partial<Throughput>]>([
    [
      'one token, which llama.cpp gives 1 µs',
      { eval_count: 1, eval_duration: 1000 },
      { tokens: 2, exact: false },
    ],
    ['one token in a plausible time', { eval_count: 1, eval_duration: 1e7 }, { exact: false }],
    ['two tokens of one step', { eval_count: 2, eval_duration: 1000 }, { exact: false }],
    ['more than 50,000 a second', { eval_count: 100, eval_duration: 1.9e6 }, { exact: false }],
    [
      '50,000 a second',
      { eval_count: 100, eval_duration: 2e6 },
      { exact: true, tokensPerSecond: 50_000 },
    ],
  ])('is not exact: %s', (_, statistics, expected) => {
    const throughput = measure([100, answer('a')], [200, answer('b')], [300, final(statistics)]);
    // Otherwise the rate is that of the clock here.
    const here = { tokensPerSecond: ((throughput?.tokens ?? 0) - 1) / 0.2 };
    expect(throughput).toMatchObject({ ...here, ...expected });
  });

  it.each([
    [1, false],
    [2, true],
  ])('is exact from two tokens on: %i', (eval_count, exact) => {
    const came = Array.from({ length: eval_count }, (): Arrival => [100, answer('a')]);
    const last = final({ eval_count, eval_duration: 1e7 });
    expect(measure(...came, [300, last])?.exact).toBe(exact);
  });

  it('is absent for an answer of one token', () => {
    const last = final({ eval_count: 1, eval_duration: 1000 });
    const throughput = measure([100, answer('a')], [100, last]);
    expect(throughput).toMatchObject({ tokens: 1, exact: false });
    expect(throughput).not.toHaveProperty('tokensPerSecond');
  });

  it('is absent for a prompt from the cache', () => {
    const cached = final({ prompt_eval_count: 4000, prompt_eval_duration: 1e6 });
    const throughput = measure([100, cached]);
    expect(throughput).toMatchObject({ promptTokens: 4000, promptMs: 1 });
    expect(throughput).not.toHaveProperty('promptTokensPerSecond');
    const read = final({ prompt_eval_count: 1000, prompt_eval_duration: 1e6 });
    expect(measure([100, read])?.promptTokensPerSecond).toBe(1e6);
  });
});

describe('a server that generates twice, as with think and format', () => {
  it('counts the second time only: the count stays, and the rate is inexact', () => {
    const thoughts = Array.from({ length: 15 }, (_, i): Arrival => [100 + 100 * i, thinking('a')]);
    const last = final({ eval_count: 11, eval_duration: 1_889_863_000 });
    const arrivals = [...thoughts, [2000, answer('')], [2100, last]] as const;
    expect(measure(...arrivals)).toMatchObject({ tokens: 16, exact: false, tokensPerSecond: 7.5 });
  });

  it('may not count at all', () => {
    expect(measure([0, answer('a')], [0, final({ eval_duration: 1e9 })])?.tokens).toBe(1);
  });
});

describe('whatever a server or a clock says', () => {
  const odd = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.constantFrom(
      0,
      -0,
      2,
      NaN,
      Infinity,
      -Infinity,
      -1,
      1e308,
      2 ** 53,
      '10',
      '',
      null,
      true,
      [5],
      {},
    ),
    fc.double({ noNaN: true }).map(String),
  );
  const statistics = fc.record(
    {
      total_duration: odd,
      load_duration: odd,
      prompt_eval_count: odd,
      prompt_eval_duration: odd,
      eval_count: odd,
      eval_duration: odd,
      merged: odd,
    },
    { requiredKeys: [] },
  );
  const arrival = fc.record({
    passed: fc.oneof(fc.integer({ min: -3_600_000, max: 3_600_000 }), fc.constantFrom(0, 1, 100)),
    done: fc.boolean(),
    statistics,
  });

  it('all numbers are finite and not negative, and no count falls', () => {
    fc.assert(
      fc.property(fc.array(arrival), (arrivals) => {
        let now = START;
        let previous = 0;
        const counter = createThroughput(START);
        for (const { passed, done: isLast, statistics } of arrivals) {
          now += passed;
          const chunk = { ...(isLast ? finalWith('a') : answer('a')), ...statistics } as Marked;
          const throughput = counter.add(chunk, now);
          const { phase: _, exact, ...numbers } = throughput;
          for (const number of Object.values(numbers) as unknown[]) {
            expect(Number.isFinite(number)).toBe(true);
            expect(Number(number)).toBeGreaterThanOrEqual(0);
          }
          expect(throughput.tokens).toBeGreaterThanOrEqual(previous);
          expect(throughput.tokensPerSecond ?? 0).toBeLessThanOrEqual(50_000);
          if (exact) expect(throughput).toHaveProperty('tokensPerSecond');
          previous = isLast ? 0 : throughput.tokens;
        }
      }),
    );
  });

  it('a clock that is put back costs the time of one chunk, and no more', () => {
    const hour = 3_600_000;
    const values = measureAll(
      [100, answer('a')],
      [200, answer('b')],
      [300 - hour, answer('c')],
      [400 - hour, answer('d')],
    );
    expect(values.map(({ totalMs }) => totalMs)).toEqual([100, 200, 200, 300]);
    expect(values.at(-1)?.tokensPerSecond).toBe(15);
  });

  it('a count as text is not a count', () => {
    const last = final({ eval_count: '9', eval_duration: '1e9' } as unknown as ChatStatistics);
    expect(measure([0, answer('a')], [500, last])).toStrictEqual({
      phase: 'done',
      firstChunkMs: 0,
      firstAnswerMs: 0,
      totalMs: 500,
      tokens: 1,
      exact: false,
    });
  });
});

describe('a message that is requested again', () => {
  it('is measured from its own first chunk, by the same clock', () => {
    const values = measureAll(
      [100, thinking('a')],
      [200, answer('b')],
      [1000, { ...answer('a'), reset: true }],
      [1200, answer('b')],
    );
    expect(values[2]).toStrictEqual({
      phase: 'answer',
      firstChunkMs: 1000,
      firstAnswerMs: 1000,
      totalMs: 1000,
      tokens: 1,
      exact: false,
    });
    expect(values[3]).toMatchObject({ tokens: 2, tokensPerSecond: 5, totalMs: 1200 });
  });

  it.each([{ reset: true }, { reset: true, restart: true }] as const)(
    'is measured like the next one in a run of tools: %p',
    (marks) => {
      const before: Arrival[] = [
        [100, thinking('a')],
        [200, answer('b')],
      ];
      const again = measureAll(...before, [1000, { ...toolCall('add'), ...marks }]);
      const next = measureAll(...before, [300, done()], [1000, toolCall('add')]);
      expect(next.at(-1)).toStrictEqual(again.at(-1));
    },
  );

  it('has nothing of the phase before', () => {
    expect(measure([0, thinking('a')], [1, { ...answer(''), reset: true }])?.phase).toBe('answer');
  });
});

it('never changes what it gave', () => {
  const counter = createThroughput(START);
  const first = counter.add(answer('a'), START + 100);
  const copy = { ...first };
  counter.add({ ...answer('b'), reset: true }, START + 200);
  counter.add(done(), START + 300);
  expect(first).toStrictEqual(copy);
});
