import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isLargeInteger, keepLargeIntegers, parseExactJson } from '../../lib/wire/exactJson.js';
import { measureGrowth } from '../support/growth.js';

const SAFE = Number.MAX_SAFE_INTEGER;

/** A value of JSON, with its text and what it is read as. */
interface Written {
  readonly text: string;
  readonly value: unknown;
}

const integer: fc.Arbitrary<Written> = fc
  .bigInt({ min: -(10n ** 25n), max: 10n ** 25n })
  .map((digits) => ({
    text: String(digits),
    value: Number.isSafeInteger(Number(digits)) ? Number(digits) : String(digits),
  }));

const plain: fc.Arbitrary<Written> = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: fc.constantFrom('"', '\\', '1234567890123456789', ':', ',', ' ', '[') }),
    fc.constantFrom(null, true, 1.2345678901234567, -2.5034637451171875),
  )
  .map((value) => JSON.stringify(value))
  // The shortest form of a large number may be that of an integer.
  .filter((text) => !isLargeInteger(text))
  .map((text) => ({ text, value: JSON.parse(text) as unknown }));

const { written } = fc.letrec<{ written: Written }>((tie) => ({
  written: fc.oneof(
    { maxDepth: 4 },
    integer,
    plain,
    fc.array(tie('written')).map((items) => ({
      text: `[${items.map(({ text }) => text).join(', ')}]`,
      value: items.map(({ value }) => value),
    })),
    fc.dictionary(fc.string(), tie('written'), { noNullPrototype: true }).map((members) => ({
      text: `{${Object.entries(members)
        .map(([key, { text }]) => `${JSON.stringify(key)}:${text}`)
        .join()}}`,
      value: Object.fromEntries(Object.entries(members).map(([key, { value }]) => [key, value])),
    })),
  ),
}));

describe('parseExactJson', () => {
  it.each([
    ['9007199254740991', SAFE],
    ['-9007199254740991', -SAFE],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['{"id":1234567890123456789}', { id: '1234567890123456789' }],
    [
      '[12345678901234567890 ,\n-98765432109876543210]',
      ['12345678901234567890', '-98765432109876543210'],
    ],
    ['{"a":[1,{"b":1234567890123456789}],"c":2}', { a: [1, { b: '1234567890123456789' }], c: 2 }],
    ['[ 9007199254740993]', ['9007199254740993']],
    ['[12345678901234567890e+5,1e-01234567890123456789]', [Number('12345678901234567890e5'), 0]],
    [`1${'0'.repeat(400)}`, `1${'0'.repeat(400)}`],
    ['[1152921504606846976.5,1152921504606846976e0]', [2 ** 60, 2 ** 60]],
    ['[0.1234567890123456,-2.5034637451171875]', [1234567890123456 / 1e16, -2.5034637451171875]],
    [
      '{"1234567890123456789":"1234567890123456789"}',
      { '1234567890123456789': '1234567890123456789' },
    ],
    ['"\\"1234567890123456789"', '"1234567890123456789'],
    ['["\\\\",1234567890123456789]', ['\\', '1234567890123456789']],
  ])('reads %s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it('reads what JSON.parse reads, but no integer is rounded', () => {
    fc.assert(
      fc.property(written, ({ text, value }) => {
        expect(parseExactJson(text)).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '{1234567890123456789:1}',
    '[1 1234567890123456789]',
    '01234567890123456789',
    '-',
    '[1234567890123456789.]',
    '{"a":1234567890123456789',
    '"1234567890123456789',
    '- 1234567890123456789',
    '1234567890123456789"',
  ])('refuses %s as JSON.parse does', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it('is linear', () => {
    const line = '{"a":"\\\\\\"","b":[1234567890123456789,"\\\\"]},';
    const growth = measureGrowth((size) => parseExactJson(`[${line.repeat(size)}1]`), 5000);
    expect(growth).toBeLessThan(10);
    expect(parseExactJson('1'.repeat(1_000_000))).toBe('1'.repeat(1_000_000));
  });
});

describe('keepLargeIntegers', () => {
  it('gives the very value where there is nothing to keep', () => {
    const value = { a: '1234567890123456789' };
    expect(keepLargeIntegers('{"a":1}', value)).toBe(value);
    expect(keepLargeIntegers('{"a": "1234567890123456789 1234567890123456789"}', value)).toBe(
      value,
    );
  });
});

describe('isLargeInteger', () => {
  it.each([
    ['9007199254740991', false],
    ['-9007199254740991', false],
    ['9007199254740993', true],
    ['-12345678901234567890', true],
    ['12345678901234567890.5', false],
    ['1e30', false],
    ['0', false],
    ['', false],
  ])('tells of %s: %s', (digits, expected) => {
    expect(isLargeInteger(digits)).toBe(expected);
  });
});
