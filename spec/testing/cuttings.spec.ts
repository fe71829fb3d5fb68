import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cuttings } from '../../lib/testing/index.js';

describe('cuttings', () => {
  it('are all those in two, then all those in three', () => {
    expect([...cuttings('abcd')].map((pieces) => pieces.join('|'))).toEqual([
      ...['a|bcd', 'ab|cd', 'abc|d'],
      ...['a|b|cd', 'a|bc|d', 'ab|c|d'],
    ]);
  });

  it.each(['', 'a', '😀'])('of %j are none', (text) => {
    expect([...cuttings(text)]).toEqual([]);
  });

  it('go through a family, and through no half of a pair', () => {
    expect([...cuttings('👩‍👧')]).toEqual([
      ['👩', '\u200d👧'],
      ['👩\u200d', '👧'],
      ['👩', '\u200d', '👧'],
    ]);
  });

  it('take a line break for a character', () => {
    expect([...cuttings('\r\n')]).toEqual([['\r', '\n']]);
  });

  it('lose nothing, leave no piece empty, and are all different', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
        const all = [...cuttings(text)];
        const size = Math.max(1, Array.from(text).length);
        expect(all).toHaveLength(size - 1 + ((size - 1) * (size - 2)) / 2);
        expect(all.filter((pieces) => pieces.join('') !== text)).toEqual([]);
        expect(all.flat().filter((piece) => piece === '')).toEqual([]);
        expect(new Set(all.map((pieces) => JSON.stringify(pieces))).size).toBe(all.length);
      }),
    );
  });

  it('are made as they are asked for', () => {
    const [first] = cuttings('a'.repeat(10_000));
    expect(first).toEqual(['a', 'a'.repeat(9_999)]);
  });
});
