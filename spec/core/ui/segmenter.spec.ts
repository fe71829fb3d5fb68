import { describe, expect, it } from '@jest/globals';
import { createSegmenter, type Segmentation } from '../../../lib/core/ui/segmenter.js';

/** The part of a text that is finished, whatever comes after it. */
const finished = (by: Segmentation, text: string, locale?: string) =>
  text.slice(0, createSegmenter(by, locale)(text, Infinity));

const japanese = new Intl.Segmenter('ja', { granularity: 'word' });

describe('createSegmenter', () => {
  it.each<[Segmentation, string, string]>([
    ['grapheme', 'abc', 'ab'],
    ['grapheme', 'a', ''],
    ['grapheme', 'e\u0301', ''],
    ['grapheme', 'ae\u0301x', 'ae\u0301'],
    ['grapheme', 'a👩\u200d👩\u200d', 'a'],
    ['grapheme', 'a👩\u200d👩\u200d👧!', 'a👩\u200d👩\u200d👧'],
    ['grapheme', '🇩🇪🇫', '🇩🇪'],
    ['grapheme', '🇩🇪🇫🇷', '🇩🇪'],
    ['grapheme', '\ud83d', ''],
    ['grapheme', 'ab\ud83d', 'a'],
    ['grapheme', 'a👩\u200d\ud83d', 'a'],
    ['grapheme', '🇩🇪🇫\ud83c', '🇩🇪'],
    ['word', 'one two \ud83d', 'one two '],
    ['grapheme', 'a\r', 'a'],
    ['grapheme', '日本', '日本'],
    ['grapheme', '가각', '가각'],
    ['grapheme', 'が', 'が'],
    ['grapheme', '字\u{e0100}', ''],
    ['grapheme', 'a㊗', 'a'],
    ['word', 'Hello', ''],
    ['word', 'Hello wor', 'Hello '],
    ['word', 'Hello ', 'Hello '],
    ['word', 'Hello\n', 'Hello\n'],
    ['word', '  ', '  '],
    ['word', "I don'", 'I '],
    ['word', "don't stop", "don't "],
    ['word', 'is 3.', 'is '],
    ['word', 'is 3.1', 'is '],
    ['word', 'Yes!!', 'Yes'],
    ['word', '日本語', '日本語'],
    ['word', '走った。', '走った。'],
    ['word', 'カレー', 'カレー'],
    ['word', '네, 안녕', '네, 안녕'],
    ['word', '你好wor', '你好'],
    ['word', '你好！', '你好！'],
    ['word', 'สวัสดีครับผม', 'สวัสดี'],
    ['sentence', 'One. Two', 'One. '],
    ['sentence', 'One.', ''],
    ['sentence', '一。二', '一。'],
    ['line', 'one\ntwo', 'one\n'],
    ['line', 'one\ntwo\n', 'one\ntwo\n'],
    ['line', 'one', ''],
    [/[,;]\s*/, 'a, b;c', 'a, b;'],
    [/,/g, 'a,b,c', 'a,b,'],
    [/X/i, 'axb', 'ax'],
    [/\p{P}/u, 'a。b', 'a。'],
    [/(?=[A-Z])/, 'oneTwoThree', 'oneTwo'],
    [japanese, '日本語です', '日本語'],
  ])('by %s, of %j gives %j', (by, text, expected) => {
    expect(finished(by, text)).toBe(expected);
  });

  it('leaves the state of a pattern alone', () => {
    const pattern = /,/g;
    pattern.lastIndex = 2;
    expect(finished(pattern, 'a,b,c')).toBe('a,b,');
    expect(pattern.lastIndex).toBe(2);
  });

  it('takes the rules of the given language', () => {
    // In Greek, what looks like a semicolon is the question mark.
    expect(finished('sentence', 'Τι; Ναι', 'el')).toBe('Τι; ');
    expect(finished('sentence', 'Τι; Ναι', 'en')).toBe('');
  });

  it.each<[Segmentation, string, number, number]>([
    ['grapheme', 'abcd', 2, 2],
    ['grapheme', 'a👩\u200d👧bc', 2, 6],
    ['grapheme', 'abcd', 4, 3],
    ['word', 'one two three four', 1, 3],
    ['word', 'one two three four', 4, 4],
    ['word', 'one two three four', 5, 7],
    ['word', 'one two three four', 15, 14],
    ['sentence', 'A b. C d. E', 2, 5],
    ['line', 'a\nb\nc\nd', 3, 4],
    ['line', 'a\nb\nc\nd', 4, 4],
    ['line', 'a\nb\nc\nd', 7, 6],
    [/,/, 'a,b,c', 1, 2],
    [japanese, '日本語です', 1, 3],
  ])('by %s, in %j finds the first end at or after %i', (by, text, position, end) => {
    expect(createSegmenter(by)(text, position)).toBe(end);
  });
});
