import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createText } from '../../lib/core/text.js';

describe('createText', () => {
  it('is empty at first', () => {
    const text = createText();
    expect(text.read()).toBe('');
    expect(text.take()).toBe('');
  });

  it('reads as the sum of its pieces, however often it is read in between', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 600, size: 'max' }), (pieces) => {
        const text = createText();
        let sum = '';
        for (const piece of pieces) {
          text.add(piece);
          sum += piece;
          if (piece.length % 3 === 0) expect(text.read()).toBe(sum);
        }
        expect(text.read()).toBe(sum);
      }),
      { numRuns: 30 },
    );
  });

  it('starts over when it was taken out, at any length', () => {
    const text = createText();
    for (const count of [1, 255, 256, 257, 1000]) {
      for (let i = 0; i < count; i++) text.add(`${String(i)} `);
      const all = Array.from({ length: count }, (_, i) => `${String(i)} `).join('');
      expect(text.take()).toBe(all);
      expect(text.read()).toBe('');
    }
  });
});
