import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cuttings } from '../../lib/testing/index.js';
import { Utf8Decoder } from '../../lib/wire/utf8.js';

/** What `TextDecoder` makes of the pieces, which the decoder has to agree with after each one. */
function decodeBoth(pieces: readonly Uint8Array[]): [string[], string[]] {
  const decoder = new Utf8Decoder();
  const native = new TextDecoder();
  const texts = pieces.map((piece) => decoder.decode(piece));
  const expected = pieces.map((piece) => native.decode(piece, { stream: true }));
  return [
    [...texts, decoder.end()],
    [...expected, native.decode()],
  ];
}

const toBytes = (binary: string): Uint8Array =>
  Uint8Array.from(binary, (char) => char.charCodeAt(0));

describe('Utf8Decoder', () => {
  it.each([
    ['text of all lengths', 'aé天😀\n'],
    ['a byte order mark, at the beginning and later', '\ufeffa\ufeff\n\ufeff\n'],
  ])('decodes %s, however it is cut', (_, text) => {
    const bytes = String.fromCharCode(...new TextEncoder().encode(text));
    for (const pieces of cuttings(bytes)) {
      const [texts, expected] = decodeBoth(pieces.map(toBytes));
      expect(texts).toEqual(expected);
      expect(texts.join('')).toBe(text.replace(/^\ufeff/, ''));
    }
  });

  it('gives what TextDecoder gives, for any bytes in any pieces', () => {
    const byte = fc.oneof(
      fc.constantFrom(0x0a, 0x61, 0xc3, 0xa9, 0xe5, 0xf0, 0x9f, 0x98, 0x80, 0xef, 0xbb, 0xbf, 0xff),
      fc.nat(255),
    );
    const pieces = fc.array(fc.array(byte, { maxLength: 6 }).map((each) => Uint8Array.from(each)));
    fc.assert(
      fc.property(pieces, (all) => {
        const [texts, expected] = decodeBoth(all);
        expect(texts).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
