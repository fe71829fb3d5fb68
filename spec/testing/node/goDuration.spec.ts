import { describe, expect, it } from '@jest/globals';
import { parseGoDuration } from '../../../lib/testing/node/goDuration.js';

describe('parseGoDuration', () => {
  it.each([
    ['0', 0],
    ['+0', 0],
    ['-0s', -0],
    ['1h30m', 5400e9],
    ['1.5h', 5400e9],
    ['1.h', 3600e9],
    ['.5s', 5e8],
    ['-1m', -60e9],
    ['1ms1us1ns', 1_001_001],
    ['2µs', 2000],
    ['2μs', 2000],
  ])('reads %j as %j ns', (text, nanoseconds) => {
    expect(parseGoDuration(text)).toBe(nanoseconds);
  });

  // What Go 1.26 printed.
  it.each([
    ['', 'invalid duration ""'],
    ['-', 'invalid duration "-"'],
    ['.h', 'invalid duration ".h"'],
    ['1h-', 'unknown unit "h-" in duration "1h-"'],
    ['300', 'missing unit in duration "300"'],
    ['1.', 'missing unit in duration "1."'],
    ['5.5.5s', 'missing unit in duration "5.5.5s"'],
    ['5x', 'unknown unit "x" in duration "5x"'],
    ['1h 5m', 'unknown unit "h " in duration "1h 5m"'],
    ['1constructor', 'unknown unit "constructor" in duration "1constructor"'],
    ['1"m', String.raw`unknown unit "\"m" in duration "1\"m"`],
    ['é', String.raw`invalid duration "\xc3\xa9"`],
    ['99999999999999999999s', 'invalid duration "99999999999999999999s"'],
    ['2562048h', 'invalid duration "2562048h"'],
  ])('says of %j: %s', (text, words) => {
    expect(() => parseGoDuration(text)).toThrow(`time: ${words}`);
  });
});
