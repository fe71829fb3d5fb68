import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeValue, excerpt } from '../../lib/wire/excerpt.js';

describe('excerpt', () => {
  it('gives a text of the length that is asked for as it is, and a longer one cut', () => {
    expect(excerpt('abc', 3)).toBe('abc');
    expect(excerpt('abcd', 3)).toBe('abc…');
    expect(excerpt('a'.repeat(1001))).toBe(`${'a'.repeat(1000)}…`);
  });
});

describe('describeValue', () => {
  it('is the JSON of a value, as far as it is shown', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(60), (value, length) => {
        const json = JSON.stringify(value);
        expect(describeValue(value, 1e6)).toBe(json);
        expect(describeValue(value, length)).toBe(excerpt(json, length));
      }),
    );
  });

  const cycle: unknown[] = [];
  cycle.push(cycle);

  it.each([
    ['undefined', undefined, 'undefined'],
    ['a bigint', 12n, '12'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a cycle', cycle, `${'['.repeat(200)}…`],
    ['a key of its own that is long', { ['k'.repeat(1000)]: 1 }, `{"${'k'.repeat(198)}…`],
    [
      'a getter that throws',
      {
        a: 1,
        get b() {
          throw new Error('no');
        },
      },
      '{"a":1,"b":…',
    ],
  ])('shows %s', (_, value, text) => {
    expect(describeValue(value)).toBe(text);
  });

  it.each([
    ['deep', JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown],
    ['wide', Array<number>(1_000_000).fill(1)],
    ['long', 'x'.repeat(10_000_000)],
  ])('shows the beginning of what is %s', (_, value) => {
    expect(describeValue(value)).toHaveLength(201);
  });
});
