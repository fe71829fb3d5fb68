import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { alignMarbles, type Moment } from '../../lib/testing/alignMarbles.js';
import { readMarbles } from '../../lib/testing/marbles.js';
import { chunk } from '../../lib/testing/index.js';

const LETTERS = ['a', 'b', 'c', 'd', 'e'];
const values = Object.fromEntries(LETTERS.map((letter) => [letter, chunk.answer(letter)]));

/** Moments that marbles can express: each begins after the characters of the one before. */
const row: fc.Arbitrary<Moment[]> = fc
  .tuple(
    fc.array(
      fc.tuple(
        fc.oneof(fc.nat(20), fc.integer({ min: 100, max: 100_000 })),
        fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 4 }),
      ),
      { maxLength: 8 },
    ),
    fc.option(fc.constantFrom('|', '#')),
  )
  .map(([steps, end]) => {
    let time = 0;
    const moments = steps.map(([silence, signs]) => {
      const at = time + silence;
      time = at + (signs.length > 1 ? signs.length + 2 : 1);
      return { at, signs };
    });
    return end ? [...moments, { at: time + 3, signs: end }] : moments;
  });

describe('alignMarbles', () => {
  it('draws what RxJS reads back, at the same times', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
        // A time needs a space after it, which is trimmed at the end of a row.
        const read = alignMarbles(rows).rows.map((text) => readMarbles(`${text} `, values));
        const signs = rows.map((moments) =>
          moments.flatMap(({ at, signs }) => Array.from(signs, (sign) => ({ at, sign }))),
        );
        expect(read).toEqual(signs);
      }),
    );
  });

  it('draws what happens at one time in one column, whatever comes when', () => {
    const dense = fc
      .uniqueArray(fc.tuple(fc.nat(30), fc.constantFrom('a', 'bc', 'defg')), {
        selector: ([at]) => at,
        maxLength: 8,
      })
      .map((moments) => moments.sort(([a], [b]) => a - b).map(([at, signs]) => ({ at, signs })));
    fc.assert(
      fc.property(fc.array(dense, { minLength: 2, maxLength: 3 }), (rows) => {
        const { rows: texts, columns } = alignMarbles(rows);
        for (const [n, moments] of rows.entries()) {
          for (const { at, signs } of moments) {
            const written = signs.length > 1 ? `(${signs})` : signs;
            expect(texts[n]?.slice(columns.get(at)).startsWith(written)).toBe(true);
          }
        }
      }),
    );
  });

  it('draws what a hot Observable emits before its subscription', () => {
    expect(
      alignMarbles([
        [
          { at: -2, signs: 'a' },
          { at: 1, signs: 'b' },
        ],
        [],
      ]).rows,
    ).toEqual(['a--b', '---']);
  });
});
