import { describe, expect, it } from '@jest/globals';
import { from } from 'rxjs';
import type { Segmentation } from '../../lib/core/ui/segmenter.js';
import { bufferForUi, type BufferForUiOptions } from '../../lib/operators/bufferForUi.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks } from '../../lib/types/index.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, toolCall } = chunk;

type Chunk = ChatChunk & ChunkMarks;
type Chunks = Readonly<Record<string, Chunk>>;

const merge = (text: string, merged: number): Chunk => ({ ...answer(text), merged });
/** A piece of a text whose start was emitted before. */
const rest = (text: string): Chunk => merge(text, 0);

// prettier-ignore
describe('bufferForUi by segments', () => {
  const words = new Intl.Segmenter('en', { granularity: 'word' });

  it.each<[Segmentation, readonly [string, string], string]>([
    ['grapheme', ['ok e', '\u0301'], 'ok '],
    ['grapheme', ['👩', '\u200d👧'], ''],
    ['word', ['Hello wo', 'rl'], 'Hello '],
    ['sentence', ['Yes. I', ' do'], 'Yes. '],
    ['line', ['# A\n', 'Once'], '# A\n'],
    [/[.,] /, ['One, tw', 'o'], 'One, '],
    [words, ['Hello wo', 'rl'], 'Hello '],
  ])('holds back what is unfinished: %s, of %j shows %j', marbles(
    (m, by: Segmentation, [a, b]: readonly [string, string], text: string) => {
      const source = m.cold<Chunk>('  -a-b---|   ', { a: answer(a), b: answer(b) });
      const expected = text ? '----X--(Y|)' : '-------(Z|)';
      const results: Chunks = {
        X: merge(text, 2),
        Y: rest((a + b).slice(text.length)),
        Z: merge(a + b, 2),
      };
      const result = source.pipe(bufferForUi({ by, every: 3, locale: 'en' }));
      m.expect(result).toBeObservable(expected, results);
    },
  ));

  it('emits a word when the next one begins', diagram('bufferForUi-by-word', (m) => {
    const source = m.cold<Chunk>('  -a-----b-----c---|   ', { a: answer('Hel'), b: answer('lo'), c: answer(' wor') });
    const expected = '              -------------X---(Y|)';
    const results: Chunks = { X: merge('Hello ', 3), Y: rest('wor') };
    m.expect(source.pipe(bufferForUi({ by: 'word', every: 30 }))).toBeObservable(expected, results);
    m.expect(source).toHaveSubscriptions('^----------------!');
    return { inputs: { source }, call: "bufferForUi({ by: 'word', every: 30 })", results: { result: expected } };
  }));

  it.each<[string, BufferForUiOptions]>([
    // A frame later it would be too late.
    ['241ms a 60ms |', {}],
    ['251ms a 50ms |', { every: 1 }],
  ])('holds nothing back for longer than a quarter of a second: %s', marbles((m, expected: string, options: BufferForUiOptions) => {
    const source = m.cold<Chunk>('-a 300ms |', { a: answer('antidis') });
    const result = source.pipe(bufferForUi({ by: 'word', ...options }));
    m.expect(result).toBeObservable(expected, { a: answer('antidis') });
  }));

  it('holds nothing back for longer than it is told, whatever comes after it', marbles((m) => {
    const source = m.cold<Chunk>('  -abababab---|   ', { a: answer('x'), b: answer('y') });
    const expected = '              -------X----(Y|)';
    const results: Chunks = { X: merge('xyxyxyx', 7), Y: answer('y') };
    m.expect(source.pipe(bufferForUi({ by: 'line', every: 2, maxHold: 6 }))).toBeObservable(expected, results);
  }));

  it.each<[Segmentation, string]>([
    ['grapheme', '你好'],
    ['word', '你好'],
    ['word', '日本語'],
    ['word', 'カレー'],
    ['word', '안녕하세요'],
  ])('shows at once what is written without spaces: %s, %s', marbles((m, by: Segmentation, text: string) => {
    const source = m.cold<Chunk>('  -a 40ms |', { a: answer(text) });
    const expected = '              17ms a 24ms |';
    m.expect(source.pipe(bufferForUi({ by }))).toBeObservable(expected, { a: answer(text) });
  }));

  it('fails with what a wrong locale makes Intl throw', () => {
    const failures: unknown[] = [];
    from([answer('a')]).pipe(bufferForUi({ by: 'word', locale: 'not a tag' })).subscribe({
      error: (error: unknown) => failures.push(error),
    });
    expect(failures).toEqual([expect.any(RangeError)]);
  });
});

// prettier-ignore
describe('bufferForUi with a pace', () => {
  const options: BufferForUiOptions = { pace: { maxLag: 12 }, every: 2 };
  const texts: Chunks = {
    X: answer('Hello'),
    T: toolCall('f'),
    f: done(),
    h: answer('H'),
    ...Object.fromEntries(['e', 'l', 'o', 'ello'].map((text) => [text.slice(0, 2), rest(text)])),
  };

  it('spreads text evenly', marbles((m) => {
    const source = m.cold<Chunk>('  -X 30ms            |', texts);
    // The last character might yet become another one.
    const expected = '              ---h-e-l-l---o 18ms |';
    m.expect(source.pipe(bufferForUi(options))).toBeObservable(expected, texts);
  }));

  it('spreads the rest when the source completes, and then completes', diagram('bufferForUi-pace', (m) => {
    const source = m.cold<Chunk>('  -X--|          ', texts);
    const expected = '              ---h-e-l-l-(o|)';
    const subs = '                  ^---!          ';
    m.expect(source.pipe(bufferForUi({ pace: { maxLag: 120 }, every: 20 }))).toBeObservable(expected, texts);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'bufferForUi({ pace: { maxLag: 120 }, every: 20 })', results: { result: expected } };
  }));

  it('completes at once if nothing is left', marbles((m) => {
    const source = m.cold<Chunk>('  -T--|', texts);
    const expected = '              ---T|';
    m.expect(source.pipe(bufferForUi(options))).toBeObservable(expected, texts);
  }));

  it('emits what is left before the error when the source fails, at once', marbles((m) => {
    const source = m.cold<Chunk>('  -X--#    ', texts);
    const expected = '              ---h(L#) ';
    m.expect(source.pipe(bufferForUi(options))).toBeObservable(expected, { ...texts, L: rest('ello') });
  }));

  it('drops what is left when the consumer leaves, also after the source has', marbles((m) => {
    const source = m.cold<Chunk>('  -X--|    ', texts);
    const unsub = '                 -------! ';
    const expected = '              ---h-e-- ';
    m.expect(source.pipe(bufferForUi(options)), unsub).toBeObservable(expected, texts);
  }));

  it.each(['T', 'f'])('lets %s wait for the text before it, and no longer', marbles((m, which: string) => {
    const source = m.cold<Chunk>(`  -X${which} 30ms            |`, texts);
    const expected = `              ---h-e-l-l-(o${which}) 18ms |`;
    m.expect(source.pipe(bufferForUi(options))).toBeObservable(expected, texts);
  }));

  it('spreads by word', marbles((m) => {
    const source = m.cold<Chunk>('  -(af|)            ', { a: answer('one two tri'), f: done() });
    const expected = '              ---a-b---(cf|)   ';
    const results: Chunks = { a: answer('one'), b: rest(' two'), c: rest(' tri'), f: done() };
    m.expect(source.pipe(bufferForUi({ ...options, by: 'word' }))).toBeObservable(expected, results);
  }));

  it('shows everything in time though the pauses of a segment would be longer', marbles((m) => {
    const source = m.cold<Chunk>('  -a 30ms            |', { a: answer('antidis') });
    const expected = '              13ms           a 18ms |';
    m.expect(source.pipe(bufferForUi({ ...options, by: 'line' }))).toBeObservable(expected, { a: answer('antidis') });
  }));
});
