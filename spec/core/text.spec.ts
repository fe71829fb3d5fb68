import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addText, createText, readText } from '../../lib/core/text.js';

describe('a text', () => {
  it('is empty at first', () => {
    expect(readText(createText())).toBe('');
  });

  it('reads as the sum of its pieces, however often it is read in between', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 600, size: 'max' }), (pieces) => {
        const text = createText();
        let sum = '';
        for (const piece of pieces) {
          addText(text, piece);
          sum += piece;
          if (piece.length % 3 === 0) expect(readText(text)).toBe(sum);
        }
        expect(readText(text)).toBe(sum);
      }),
      { numRuns: 30 },
    );
  });

  it.each([1, 255, 256, 257, 1000])('keeps %d pieces in order', (count) => {
    const pieces = Array.from({ length: count }, (_, i) => `${String(i)} `);
    const text = createText();
    for (const piece of pieces) addText(text, piece);
    expect(readText(text)).toBe(pieces.join(''));
  });

  it('copies the youngest pieces together every 256', () => {
    const text = createText();
    for (let i = 0; i < 255; i++) addText(text, 'a');
    expect(text).toMatchObject({ head: '', tail: 'a'.repeat(255) });
    addText(text, 'b');
    expect(text).toMatchObject({ head: `${'a'.repeat(255)}b`, tail: '' });
  });
});
