import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bufferForUi, type BufferForUiOptions } from '../../lib/operators/bufferForUi.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import {
  atomsOf,
  endOf,
  expectInTime,
  runTimed,
  type Ending,
  type Timed,
} from '../support/timed.js';

const { answer, done, thinking, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;

const run = (input: readonly Timed[], options: BufferForUiOptions, ending?: Ending) =>
  runTimed(input, (scheduler) => bufferForUi({ ...options, scheduler }), ending);

const whatOf = (timed: readonly Timed[]) => atomsOf(timed).map(({ what }) => what);
const logprobsOf = (timed: readonly Timed[]) => timed.flatMap(({ chunk }) => chunk.logprobs ?? []);
const everyOf = ({ every = 'frame' }: BufferForUiOptions) => (every === 'frame' ? 16 : every);

/** How late anything may be. */
const patienceOf = (options: BufferForUiOptions) =>
  Math.max(
    everyOf(options),
    options.pace ? options.pace.maxLag : options.by ? (options.maxHold ?? 250) : 0,
  );

const options: fc.Arbitrary<BufferForUiOptions> = fc.record(
  {
    every: fc.constantFrom('frame' as const, 0, 1, 16, 100),
    by: fc.constantFrom(
      'grapheme' as const,
      'word' as const,
      'sentence' as const,
      'line' as const,
      /[.,] ?/,
      /\b/,
      new Intl.Segmenter('en', { granularity: 'word' }),
    ),
    maxHold: fc.constantFrom(0, 1, 2, 50, 400),
    pace: fc.record({ maxLag: fc.constantFrom(0, 1, 2, 50, 400) }),
    locale: fc.constantFrom('en', 'ja', 'th'),
  },
  { requiredKeys: [] },
);

const text = fc.oneof(
  fc.constantFrom('Hel', 'lo', ' ', '. ', '\n', 'don', "'", 't', '你好', 'カ', '。', '3', '.'),
  fc.constantFrom('👩', '\u200d', '\ud83d', '\udc67', 'e', '\u0301', '🇩', '🇪', '\ufe0f', '\r', ''),
  fc.string({ unit: 'binary', maxLength: 10 }),
);
const calls = fc
  .array(fc.constantFrom('f', 'g'), { maxLength: 3 })
  .map((names) => names.flatMap((name) => toolCall(name).message.tool_calls ?? []));

const anyChunk: fc.Arbitrary<Chunk> = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: text.map(answer) },
      { weight: 4, arbitrary: text.map(thinking) },
      { weight: 2, arbitrary: calls.map((tool_calls) => delta({ tool_calls })) },
      { weight: 1, arbitrary: fc.constant(delta({})) },
      {
        weight: 1,
        arbitrary: fc
          .record({ thinking: text, content: text, tool_calls: calls }, { requiredKeys: [] })
          .map(delta),
      },
    ),
    fc.record(
      {
        phase: fc.constantFrom('thinking' as const, 'answer' as const),
        logprobs: fc.array(fc.record({ token: text, logprob: fc.double() }), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
    fc.boolean(),
  )
  .map(([plain, fields, marked]) => ({
    ...plain,
    ...fields,
    ...(marked && fields.phase && { reclassify: true as const }),
  }));

const gap = fc.oneof(
  fc.integer({ max: 2, min: 0 }),
  fc.integer({ max: 30, min: 0 }),
  fc.integer({ max: 600, min: 0 }),
);

/** Chunks with pauses between them. */
const timed = (chunks: fc.Arbitrary<Chunk>): fc.Arbitrary<Timed[]> =>
  fc.array(fc.tuple(gap, chunks), { maxLength: 40 }).map((steps) => {
    let at = 0;
    return steps.map(([pause, piece]) => ({ at: (at += pause), chunk: piece }));
  });

const chat = fc
  .tuple(timed(anyChunk), fc.option(fc.tuple(gap, text)))
  .map(([input, last]): Timed[] => {
    if (!last) return input;
    const end = done();
    const final = { ...end, message: { ...end.message, content: last[1] } };
    return [...input, { at: (input.at(-1)?.at ?? 0) + last[0], chunk: final }];
  });
const ending: fc.Arbitrary<Ending> = fc.record({
  how: fc.constantFrom('complete', 'error'),
  after: gap,
});

describe('bufferForUi, with any options and whatever comes', () => {
  it('delivers all of it once, in order, and in time', () => {
    fc.assert(
      fc.property(chat, options, ending, (input, opts, end) => {
        const output = run(input, opts, end);
        expect(whatOf(output)).toEqual(whatOf(input));
        expect(logprobsOf(output)).toEqual(logprobsOf(input));
        expectInTime(input, output, patienceOf(opts));
      }),
      { numRuns: 300 },
    );
  });

  it('counts each chunk once, and leaves the final one as it is', () => {
    fc.assert(
      fc.property(chat, options, ending, (input, opts, end) => {
        const output = run(input, opts, end);
        const finals = (all: readonly Timed[]) => all.filter((each) => each.chunk.done);
        expect(finals(output)[0]?.chunk).toBe(finals(input)[0]?.chunk);
        const merged = output.map((each) => each.chunk.merged ?? 1);
        expect(merged.reduce((sum, n) => sum + n, 0)).toBe(input.length);
      }),
    );
  });

  it('delivers nothing more often than it is told to, but at the end', () => {
    fc.assert(
      fc.property(chat, options, ending, (input, opts, end) => {
        const times = [...new Set(run(input, opts, end).map(({ at }) => at))];
        const last = endOf(input, end);
        const pauses = times.flatMap((at, i) =>
          i > 0 && at !== last ? at - (times[i - 1] ?? 0) : [],
        );
        expect(Math.min(Infinity, ...pauses)).toBeGreaterThanOrEqual(everyOf(opts));
      }),
    );
  });

  it('delivers one chunk at a time as long as the phase is one', () => {
    const spaced = options.filter(({ every, pace }) => every !== 0 || !!pace?.maxLag);
    fc.assert(
      fc.property(timed(text.map(answer)), spaced, ending, (input, opts, end) => {
        const times = run(input, opts, end).map(({ at }) => at);
        const last = endOf(input, end);
        const before = times.filter((at) => at !== last);
        expect(new Set(before).size).toBe(before.length);
        expect(times.length - before.length).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('bufferForUi by grapheme', () => {
  const family = '👩\u200d👩\u200d👧\u200d👦';
  const graphemes = fc.constantFrom(
    ...['a', ' ', '.', '\r\n', 'e\u0301', 'n\u0303\u0323', '𝒳', '1\ufe0f\u20e3', '㊗\ufe0f'],
    ...['🇩🇪', '🇫🇷', family, '👍🏽', '🏳\ufe0f\u200d🌈', '你', 'が', '안', '\u1112\u1161\u11ab', 'நி'],
  );
  const pauses = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 8 }));

  it('tears none, wherever the text is cut, while the parts of one come soon enough', () => {
    const lag = fc.integer({ min: 300, max: 1000 });
    const rhythm = fc.record(
      { every: fc.integer({ min: 1, max: 50 }), pace: fc.record({ maxLag: lag }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.array(graphemes, { minLength: 1, maxLength: 40 }),
        fc.array(pauses, { minLength: 1 }),
        rhythm,
        (parts, cuts, opts) => {
          const whole = parts.join('');
          const input: Timed[] = [];
          let at = 0;
          for (let from = 0, i = 0; from < whole.length; i++) {
            const [length, pause] = cuts[i % cuts.length] ?? [1, 0];
            at += pause;
            input.push({ at, chunk: answer(whole.slice(from, from + length)) });
            from += length;
          }
          const segments = [...new Intl.Segmenter().segment(whole)];
          const ends = new Set(segments.map(({ index, segment }) => index + segment.length));
          let shown = 0;
          const cutAt = run(input, { ...opts, by: 'grapheme' }).map(
            (each) => (shown += each.chunk.message.content.length),
          );
          expect(cutAt.filter((position) => !ends.has(position))).toEqual([]);
          expect(shown).toBe(whole.length);
        },
      ),
    );
  });
});
