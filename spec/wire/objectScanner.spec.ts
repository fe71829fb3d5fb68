import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createObjectScanner } from '../../lib/wire/objectScanner.js';

/** What the scanner says after each piece. */
const scan = (...pieces: readonly string[]): boolean[] => pieces.map(createObjectScanner());

describe('createObjectScanner', () => {
  it.each([
    [['{}'], [true]],
    [
      [' {', '"a"', ':[1]}', ' \n'],
      [false, false, true, true],
    ],
    [
      ['{"a":"}"', '}'],
      [false, true],
    ],
    [
      ['{"a":"\\', '"}', '"}'],
      [false, false, true],
    ],
    [
      ['{"a":"\\\\', '"}'],
      [false, true],
    ],
    [
      ['', ' '],
      [false, false],
    ],
    [
      ['{}', '{}'],
      [true, false],
    ],
    [
      ['{}', 'x', ''],
      [true, false, false],
    ],
    [['[{}]'], [false]],
    [
      ['a is 1', '{}'],
      [false, false],
    ],
    [['null'], [false]],
    [['"{}"'], [false]],
    [
      ['}', '{}'],
      [false, false],
    ],
  ])('says of %j: %j', (pieces, expected) => {
    expect(scan(...pieces)).toEqual(expected);
  });

  it('finds the closing brace of any object, and no other, when every character is a piece', () => {
    const json = fc
      .tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1))
      .map(([value, space]) => JSON.stringify(value, null, space));
    fc.assert(
      fc.property(json, (text) => {
        const pieces = text.split('');
        expect(scan(...pieces).indexOf(true)).toBe(pieces.length - 1);
        expect(scan(text)).toEqual([true]);
      }),
    );
  });
});
