import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addText, readText, type Text } from '../../../lib/core/message/text.js';

describe('a text', () => {
  it('is empty at first', () => {
    expect(readText(undefined)).toBe('');
  });

  it('reads as the sum of its pieces, however often it is read in between', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 600, size: 'max' }), (pieces) => {
        let text: Text | undefined;
        let sum = '';
        for (const piece of pieces) {
          text = addText(text, piece);
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
    let text: Text | undefined;
    for (const piece of pieces) text = addText(text, piece);
    expect(readText(text)).toBe(pieces.join(''));
  });

  it('copies the youngest pieces together every 256', () => {
    let text: Text | undefined;
    for (let i = 0; i < 255; i++) text = addText(text, 'a');
    expect(text).toMatchObject({ head: '', tail: 'a'.repeat(255) });
    text = addText(text, 'b');
    expect(text).toMatchObject({ head: `${'a'.repeat(255)}b`, tail: '' });
  });
});
