import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readArguments } from '../../lib/wire/toolArguments.js';

describe('readArguments', () => {
  it.each([
    ['an object', { a: { b: [1] } }, { a: { b: [1] } }],
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['an empty text', '', {}],
    ['an object as JSON', ' {"a":{"b":[1]}}\n', { a: { b: [1] } }],
    ['null as JSON', 'null', {}],
    ['a list', [1], undefined],
    ['a list as JSON', '[1]', undefined],
    ['a number', 3, undefined],
    ['a number as JSON', '3', undefined],
    ['false', false, undefined],
    ['JSON as JSON', '"{}"', undefined],
    ['JSON that was cut', '{"a":', undefined],
    ['prose', 'a is 1', undefined],
    ['white space', ' \n', {}],
    ['a large integer as JSON', '{"id":1234567890123456789}', { id: '1234567890123456789' }],
  ])('reads %s', (_, given, expected) => {
    expect(readArguments(given)).toEqual(expected);
  });

  it('gives the very object that the server sent', () => {
    const given = { a: 1 };
    expect(readArguments(given)).toBe(given);
  });

  it('gives an object or nothing, whatever a server makes of it', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.json(), fc.string());
    fc.assert(
      fc.property(anything, (given) => {
        const args: unknown = readArguments(given) ?? {};
        expect(Object.prototype.toString.call(args)).toBe('[object Object]');
      }),
    );
  });
});
