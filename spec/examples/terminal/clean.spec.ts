import { describe, expect, it } from '@jest/globals';
import { clean, reveal } from '../../../examples/terminal/clean.js';

/** What can hide or turn around a text. */
const DECEPTIVE: readonly (readonly [name: string, text: string])[] = [
  ['an escape code', '\x1b'],
  ['a C1 control', '\x9b'],
  ['a carriage return', '\r'],
  ['a backspace', '\b'],
  ['a null', '\0'],
  ['a right-to-left override', '\u202e'],
  ['a left-to-right embedding', '\u202a'],
  ['a right-to-left isolate', '\u2067'],
  ['the end of an isolate', '\u2069'],
  ['a right-to-left mark', '\u200f'],
  ['an Arabic letter mark', '\u061c'],
  ['a zero-width space', '\u200b'],
  ['a word joiner', '\u2060'],
  ['a byte order mark', '\ufeff'],
  ['a soft hyphen', '\u00ad'],
  ['a Hangul filler', '\u3164'],
  ['a tag', '\u{e0041}'],
  ['a language tag', '\u{e0001}'],
  ['the end of a tag', '\u{e007f}'],
];

describe('a cleaned text', () => {
  it.each(DECEPTIVE)('has not %s', (_, character) => {
    expect(clean(`a${character}b`)).toBe('ab');
  });

  it('keeps line breaks, emoji and scripts that need joiners', () => {
    const text = 'a\nb 👩‍🚀 ❤️ می‌خواهم 漢字 שלום';
    expect(clean(text)).toBe(text);
  });

  it('has spaces for tabs, and line feeds for other line breaks', () => {
    expect(clean('a\tb\u2028c\u2029d')).toBe('a  b\nc\nd');
  });
});

describe('a revealed text', () => {
  it.each([...DECEPTIVE, ['a joiner', '\u200d'], ['a line break', '\n'], ['a line end', '\u2028']])(
    'shows %s',
    (_, character) => {
      const code = character.codePointAt(0)?.toString(16) ?? '';
      expect(reveal(`a${character}b`)).toBe(`a\\u{${code}}b`);
    },
  );

  it('counts spaces that would push the rest away', () => {
    expect(reveal(`a${' '.repeat(500)}b  c`)).toBe('a … 500 spaces … b  c');
  });
});
