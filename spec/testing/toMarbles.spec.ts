import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRecorder } from '../../lib/core/recording.js';
import { OllamaProtocolError, OllamaTruncatedError } from '../../lib/errors.js';
import { replayChat } from '../../lib/sources/replayChat.js';
import { chunk, toMarbles, toRecording } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking } = chunk;

type End = 'complete' | 'left' | Error;

/** A recording of chunks at these times. */
function record(chunks: readonly (readonly [at: number, ChatChunk])[], end: End, at: number) {
  const recorder = createRecorder({});
  const lines = chunks.flatMap(([when, each]) => recorder.chunk(when, each));
  const last = end === 'complete' || end === 'left' ? recorder[end](at) : recorder.error(at, end);
  return [...lines, ...last];
}

describe('toMarbles', () => {
  const draw = (times: readonly number[], end: End, at: number, frame = 1) => {
    const chunks = times.map((when, n) => [when, answer(String(n))] as const);
    return toMarbles(record(chunks, end, at), { frame })[0];
  };

  it.each<[string, string, readonly number[], End, number]>([
    ['a character a ms', '-a---b-|', [1, 5], 'complete', 7],
    ['what comes in one ms in a group', '--(abc)--(d|)', [2, 2, 2, 9], 'complete', 9],
    ['an error', 'a-#', [0], new Error('broken'), 2],
    ['silence until it was left', 'a----', [0], 'left', 5],
    ['silence only', '---', [], 'left', 3],
    ['ten ms of silence', 'a----------b|', [0, 11], 'complete', 12],
    ['longer silence as a time', '812ms a 11ms b|', [812, 824], 'complete', 825],
    ['long silence until it was left', 'a 60000ms ', [0], 'left', 60_001],
    [
      'what comes while a group is written after it',
      '(ab)(cd)-e|',
      [0, 0, 1, 3, 9],
      'complete',
      10,
    ],
  ])('draws %s', (_, expected, times, end, at) => {
    expect(draw(times, end, at)).toBe(expected);
  });

  it('draws a character a frame, and rounds', () => {
    expect(draw([14, 15, 160, 165], 'complete', 185, 10)).toBe('-ab 13ms cd-|');
    expect(draw([0.1, 0.4, 1.4], 'complete', 1.5, 0.1)).toBe('-a--b---------c|');
  });

  it('gives a letter to each chunk, and the same to equal ones', () => {
    const chunks = [answer('ha'), thinking('ha'), answer('ha'), done()].map(
      (each, n) => [n, each] as const,
    );
    const [text, values, error] = toMarbles(record(chunks, 'complete', 4));
    expect(text).toBe('abac|');
    expect(values).toEqual({ a: answer('ha'), b: thinking('ha'), c: done() });
    expect(error).toBeUndefined();
  });

  it('has letters for a long chat, none of which means anything in marbles', () => {
    const given = Array.from({ length: 3000 }, (_, n) => [n, answer(String(n))] as const);
    const [text, values] = toMarbles(record(given, 'complete', 3000));
    expect(Array.from(text)).toHaveLength(3001);
    expect(new Set(text).size).toBe(3001);
    expect(text).toMatch(/^\p{L}+\|$/u);
    expect(Object.values(values)).toEqual(given.map(([, each]) => each));
  });

  it('says so where there are no more letters', () => {
    const chunks = Array.from({ length: 23_000 }, (_, n) => [n, answer(String(n))] as const);
    expect(() => toMarbles(record(chunks, 'complete', 23_000))).toThrow(
      'The recording has more different chunks than there are letters.',
    );
  });

  it.each([0, -1, NaN, Infinity])('refuses a frame of %d', (frame) => {
    expect(() => toMarbles(record([], 'left', 0), { frame })).toThrow(
      `frame is ${String(frame)}. Set it to a number of ms above 0.`,
    );
  });

  it('refuses what is no recording, or only half of one', () => {
    expect(() => toMarbles('')).toThrow(OllamaProtocolError);
    const [header = '', first = ''] = record([[0, answer('Hel')]], 'left', 1);
    expect(() => toMarbles(header + first)).toThrow(/is missing: how the chat ended/);
  });

  // prettier-ignore
  it('draws what replayChat plays', marbles((m) => {
    const error = new OllamaTruncatedError('cut');
    const recording = record([[3, thinking('hm')], [40, answer('Hel')], [40, answer('lo')]], error, 90);
    m.expect(replayChat(recording)).toBeObservable(...toMarbles(recording));
    m.expect(m.cold(...toMarbles(recording))).toBeObservable('---a 36ms (bc) 46ms #',
      { a: thinking('hm'), b: answer('Hel'), c: answer('lo') }, error);
  }));
});

describe('a recording', () => {
  const text = fc.string({ unit: 'binary', maxLength: 3 });
  const anyChunk: fc.Arbitrary<ChatChunk> = fc.oneof(text.map(answer), text.map(thinking));
  const ends = fc.constantFrom<End>('complete', 'left', new OllamaTruncatedError('cut'));
  const frames = fc.constantFrom(0.5, 1, 2, 10);

  /** Chunks with these pauses before them, then the end. */
  const timed = (pause: fc.Arbitrary<number>) =>
    fc
      .tuple(fc.array(fc.tuple(pause, anyChunk), { maxLength: 20 }), pause, ends)
      .map(([given, last, end]) => {
        let at = 0;
        const chunks = given.map(([wait, each]) => [(at += wait), each] as const);
        return { chunks, end, at: at + last };
      });

  const read = (recording: string) =>
    recording
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { readonly at: number; readonly end?: string });

  it('comes back with its times rounded, if no group gets in the way', () => {
    const roomy = fc.oneof(fc.constant(0), fc.integer({ min: 300, max: 2_000 }));
    fc.assert(
      fc.property(timed(roomy), frames, ({ chunks, end, at }, frame) => {
        const recording = record(chunks, end, at);
        const back = read(toRecording(toMarbles(recording, { frame }), { frame }));
        const given = read(recording.join('')).map((entry) => ({
          ...entry,
          at: Math.round(entry.at / frame) * frame,
        }));
        // The last letter takes a character, so a chat that was left at once lasts a little longer.
        if (end === 'left') expect(back.pop()).toMatchObject({ end: given.pop()?.end });
        expect(back).toEqual(given);
      }),
    );
  });

  it('comes back with all that it has in its order, and never early, however dense it is', () => {
    fc.assert(
      fc.property(timed(fc.nat(40)), frames, ({ chunks, end, at }, frame) => {
        const recording = record(chunks, end, at);
        const back = read(toRecording(toMarbles(recording, { frame }), { frame }));
        const given = read(recording.join(''));
        expect(back.map((entry) => ({ ...entry, at: 0 }))).toEqual(
          given.map((entry) => ({ ...entry, at: 0 })),
        );
        const late = back.map((entry, n) => entry.at - (given[n]?.at ?? 0));
        expect(Math.min(...late)).toBeGreaterThanOrEqual(-frame / 2);
      }),
    );
  });

  it('comes back as it is from its own marbles', () => {
    fc.assert(
      fc.property(timed(fc.nat(40)), frames, ({ chunks, end, at }, frame) => {
        const once = toMarbles(record(chunks, end, at), { frame });
        const again = toMarbles(toRecording(once, { frame }), { frame });
        expect(again).toEqual(once);
      }),
    );
  });
});
