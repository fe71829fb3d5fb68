import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TestScheduler } from 'rxjs/testing';
import { isOllamaError } from '../../lib/errors.js';
import { chunk } from '../../lib/testing/chunk.js';
import { READY } from '../../lib/testing/ready.js';
import { readLetters, writeValue } from '../../site/playground/letters.js';
import {
  moveMarble,
  readMarbles,
  readRows,
  toInputs,
  writeMarbles,
  writeRows,
  type Marble,
} from '../../site/playground/rows.js';
import { parseScript } from '../../site/playground/script.js';

const { answer, done, thinking, toolCall } = chunk;

describe('the marbles of the playground', () => {
  it('have the time of their characters, or the time that they say', () => {
    expect(readMarbles(' -a-(bc) 15ms d 1s |', 10)).toEqual([
      { at: 10, sign: 'a' },
      { at: 30, sign: 'b' },
      { at: 30, sign: 'c' },
      { at: 85, sign: 'd' },
      { at: 1095, sign: '|' },
    ]);
  });

  it('are read as RxJS reads them', () => {
    class Scaled extends TestScheduler {
      static override frameTimeFactor = 10;
    }
    const piece = fc.constantFrom(
      '-',
      'a',
      'b',
      '😀',
      ' ',
      '(ab)',
      '(a-b)',
      ' 20ms ',
      ' 1.5s ',
      '9',
      'ms',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.constantFrom('', '|', '#', '(c|)'), (pieces, end) => {
        const text = pieces.join('') + end;
        const wanted = Scaled.parseMarbles(`${text} `, undefined, undefined, false, true).map(
          ({ frame, notification: { kind, ...rest } }) => ({
            at: frame,
            sign: kind === 'N' ? (rest as { value: unknown }).value : kind === 'C' ? '|' : '#',
          }),
        );
        expect(readMarbles(text, 10)).toEqual(wanted);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a|b', 'Nothing comes after "|", but there is "b".'],
    ['a#-|', 'Nothing comes after "#", but there is "|".'],
    ['(a|b)', 'Nothing comes after "|", but there is "b".'],
    ['-(a', 'A group of one time begins with "("'],
    ['-a)', 'A group of one time begins with "("'],
    ['((a))', 'A group of one time begins with "("'],
  ])('are refused if they are %s', (text, words) => {
    expect(() => readMarbles(text, 10)).toThrow(words);
  });

  it('may have any white space, also after their end', () => {
    expect(readMarbles('-a\t-b\u00A0| --', 10)).toEqual(readMarbles('-a-b|', 10));
  });

  it('have signs of one character, also those of two UTF-16 units', () => {
    const row = { name: 'source$', marbles: readMarbles('-😀-👍-é-(d|)', 10) };
    const moved = moveMarble(row, 1, 40, 10);
    expect(writeMarbles(moved.row.marbles, 10)).toBe('-😀--👍é-(d|)');
  });

  it('are written as they were, for all times that marbles can say', () => {
    const gaps = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 300 })),
    );
    fc.assert(
      fc.property(gaps, fc.constantFrom(1, 5, 10), fc.boolean(), (groups, frame, ends) => {
        const marbles: Marble[] = [];
        let at = 0;
        for (const [size, gap] of groups) {
          at += gap;
          for (let i = 0; i < size; i++) marbles.push({ at, sign: 'a' });
          at += (size > 1 ? size + 2 : 1) * frame;
        }
        if (ends) marbles.push({ at: at + 2 * frame, sign: '|' });
        expect(readMarbles(writeMarbles(marbles, frame), frame)).toEqual(marbles);
      }),
    );
  });

  it('that come too close are written as soon as marbles can', () => {
    const close = [
      { at: 0, sign: 'a' },
      { at: 0, sign: 'b' },
      { at: 1, sign: 'c' },
      { at: 3, sign: '|' },
    ];
    expect(writeMarbles(close, 1)).toBe('(ab)(c|)');
    expect(readMarbles('(ab)(c|)', 1).map(({ at }) => at)).toEqual([0, 0, 4, 4]);
  });

  it('stand in rows with names', () => {
    const text = '-a-|\nsignal$: --x\n\n-b-|';
    const rows = readRows(text, 10);
    expect(rows.map(({ name }) => name)).toEqual(['source$', 'signal$', 'source$']);
    expect(writeRows(rows, 10)).toBe('-a-|\nsignal$: --x\n-b-|');
    const inputs = toInputs(rows, readLetters(''));
    expect(inputs).toEqual({
      source$: [
        { events: [{ at: 10, value: READY['a'] }], end: { at: 30 } },
        { events: [{ at: 10, value: READY['b'] }], end: { at: 30 } },
      ],
      signal$: [{ events: [{ at: 20, value: READY['x'] }] }],
    });
  });

  it('of another input may be any letters', () => {
    const { inputs } = parseScript({ marbles: 'other$: -S', letters: '', frame: 1 });
    expect(inputs['other$']).toEqual([{ events: [{ at: 1, value: 'S' }] }]);
  });

  it.each([
    ['-S-', 'The letter "S" stands for no chunk. Give it one'],
    ['a 9ms- b', 'The letter "9" stands for no chunk. A time needs a space'],
    ['-a!', 'An input has no "!"'],
    ['-^a', 'An input has no "^"'],
  ])('refuse %s', (marbles, message) => {
    expect(() => parseScript({ marbles, letters: '', frame: 1 })).toThrow(message);
  });
});

describe('a marble that is moved', () => {
  const move = (text: string, n: number, to: number) => {
    const [row] = readRows(text, 10);
    if (!row) throw new Error('There is a row.');
    const moved = moveMarble(row, n, to, 10);
    return [writeRows([moved.row], 10), moved.n];
  };

  it.each([
    ['-a-b-(c|)', 0, 20, '--ab-(c|)', 0],
    ['-a-b---(c|)', 0, 30, '---(ab)(c|)', 0],
    ['-a-b---(c|)', 1, 10, '-(ab)--(c|)', 1],
    ['-a-b-(c|)', 0, 40, '---ba(c|)', 1],
    ['-a-b-(c|)', 1, -50, 'ba---(c|)', 0],
  ])('%s: %i to %i ms', (text, n, to, wanted, next) => {
    expect(move(text, n, to)).toEqual([wanted, next]);
  });

  it('jumps over the place in which it would push another one', () => {
    expect(move('-a-b-c-|', 0, 30)).toEqual(['---bac-|', 1]);
    expect(move('-a-b-c-|', 2, 30)).toEqual(['-a-(bc)|', 2]);
    expect(move('-abc-|', 1, 10)).toEqual(['ba-c-|', 0]);
  });

  it('does not pass the end, and the end passes nothing', () => {
    expect(move('-a-b-(c|)', 2, 90)).toEqual(['-a-b-(c|)', 2]);
    expect(move('-a-b-(c|)', 3, 10)).toEqual(['-a-b-(c|)', 3]);
    expect(move('-a-b-(c|)', 3, 90)).toEqual(['-a-b-c---|', 3]);
    expect(move('-a-b-|', 0, 900)).toEqual(['---b-(a|)', 1]);
  });

  it('is nothing if there is none', () => {
    expect(move('-a-b-(c|)', 9, 10)).toEqual(['-a-b-(c|)', 9]);
  });
});

describe('the letters of the playground', () => {
  const read = (text: string) => readLetters(text).values.get('v');

  it.each<[string, unknown]>([
    ['v: Hi there', answer('Hi there')],
    ['v:  " Hi" ', answer(' Hi')],
    ['v:', answer('')],
    ['v: {"thinking":"Hm"}', thinking('Hm')],
    ['v: {"done":true}', done()],
    ['v: {"done":"length"}', done({ reason: 'length' })],
    ['v: {"call":"add","args":{"a":1},"id":"x"}', toolCall('add', { a: 1 }, 'x')],
    ['v: {"call":"add","done":true}', { ...done(), message: toolCall('add').message }],
    ['v: {"status":"pulling"}', { status: 'pulling' }],
    ['v: [1]', [1]],
  ])('are read: %s', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it('are written in the shortest way that is read as the same', () => {
    const json = fc.oneof(fc.string(), fc.object()) as fc.Arbitrary<unknown>;
    const any = fc.oneof(
      fc.string().map(answer),
      fc.string().map(thinking),
      fc.constantFrom<unknown>(...Object.values(READY)),
      json.filter((value) => typeof value === 'object'),
    );
    fc.assert(
      fc.property(any, (value) => {
        const written = writeValue(value);
        expect(written).not.toContain('\n');
        expect(JSON.stringify(read(`v: ${written}`))).toBe(JSON.stringify(value));
      }),
    );
    expect(writeValue(answer('Hi'))).toBe('Hi');
    expect(writeValue(answer(' Hi'))).toBe('" Hi"');
    expect(writeValue(thinking('Hm'))).toBe('{"thinking":"Hm"}');
    expect(writeValue(done())).toBe('{"done":true}');
    expect(writeValue({ ...answer('Hi'), reset: true })).toMatch(/^\{"model".*"reset":true\}$/);
  });

  it('name the error of a row', () => {
    const errorOf = (text: string) => readLetters(text).error;
    expect(isOllamaError(errorOf(''), 'stream')).toBe(true);
    expect(errorOf('#: no')).toMatchObject({ code: 'stream', message: 'no' });
    const http = errorOf('#: {"code":"http","status":503,"message":"busy"}');
    expect(isOllamaError(http, 'http') && http.status).toBe(503);
    expect(errorOf('#: {"name":"AbortError","message":"left"}')).toMatchObject({
      name: 'AbortError',
      message: 'left',
    });
  });

  it.each([
    ['vv: two', 'is no letter with a colon'],
    ['v: {"thinking"', 'The letter v is not JSON'],
  ])('refuse %s', (text, message) => {
    expect(() => readLetters(text)).toThrow(message);
  });
});
