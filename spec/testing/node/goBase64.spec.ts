import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findBase64Error } from '../../../lib/testing/node/goBase64.js';

describe('findBase64Error', () => {
  // What Go 1.26 printed.
  it.each([
    ['', undefined],
    ['aGk=', undefined],
    ['ab==', undefined],
    ['aGk=\n', undefined],
    ['YWJj\nZGVm', undefined],
    ['aGk', 0],
    ['a', 0],
    ['aGk==', 4],
    ['ab=', 3],
    ['ab=c', 2],
    ['ab==c', 4],
    ['=', 0],
    ['a=', 1],
    ['data:x', 4],
    ['aG k=', 2],
    ['aGkx=', 4],
    ['%%%%', 0],
    ['YWJjZGVmZ2hp*', 12],
    ['é', 0],
  ])('of %j: byte %j', (text, at) => {
    const words = at === undefined ? undefined : `illegal base64 data at input byte ${String(at)}`;
    expect(findBase64Error(text)).toBe(words);
  });

  it('accepts what Node encodes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(findBase64Error(Buffer.from(bytes).toString('base64'))).toBeUndefined();
      }),
    );
  });
});
