import { describe, expect, it } from '@jest/globals';
import { isSameRequest } from '../../lib/angular/isSameRequest.js';

const bytes = new Uint8Array([1]);
const list = [1, 2];

describe('two requests', () => {
  it.each<[unknown, unknown]>([
    [{}, {}],
    [undefined, undefined],
    [NaN, NaN],
    [
      { a: 1, b: [1, { c: 'x' }] },
      { b: [1, { c: 'x' }], a: 1 },
    ],
    [{ a: undefined }, {}],
    [{}, { a: undefined }],
    [{ images: [bytes] }, { images: [bytes] }],
    [list, list],
    [Object.create(null), {}],
  ])('are the same: %j and %j', (a, b) => {
    expect(isSameRequest(a, b)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    [{}, undefined],
    [{}, null],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, {}],
    [[1], [1, 2]],
    [
      [1, 2],
      [2, 1],
    ],
    [[], {}],
    [[undefined], []],
    [{ 0: 1 }, [1]],
    [{ images: [bytes] }, { images: [new Uint8Array(bytes)] }],
    [{ a: new Date(0) }, { a: new Date(0) }],
    [{ a: '1' }, { a: 1 }],
  ])('are not the same: %j and %j', (a, b) => {
    expect(isSameRequest(a, b)).toBe(false);
    expect(isSameRequest(b, a)).toBe(false);
  });
});
