import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sameJson } from '../../lib/node/sameJson.js';

describe('sameJson', () => {
  it.each([
    ['[1,[2,{"a":[]}]]', '[1,[2,{"a":[]}]]', true],
    ['{"a":1,"b":2}', '{"b":2,"a":1}', true],
    ['[1,2]', '[2,1]', false],
    ['[1]', '{"0":1}', false],
    ['{"0":1}', '[1]', false],
    ['[]', '{}', false],
    ['{}', 'null', false],
    ['null', '[]', false],
    ['{"a":1}', '{"a":1,"b":2}', false],
    ['1', '"1"', false],
    ['{"__proto__":{}}', '{"a":{}}', false],
    ['{"__proto__":{}}', '{"__proto__":{}}', true],
  ])('of %s and %s is %j', (one, other, same) => {
    expect(sameJson(JSON.parse(one), JSON.parse(other))).toBe(same);
  });

  it('agrees with a comparison by Node, whatever the values are', () => {
    const anyKey = fc.constantFrom('a', 'b', '0', 'toString');
    const { json: anyJson } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, 1, '1', ''),
        fc.array(tie('json'), { maxLength: 2 }),
        fc.dictionary(anyKey, tie('json'), { maxKeys: 2, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(anyJson, anyJson, (one, other) => {
        expect(sameJson(one, other)).toBe(isDeepStrictEqual(one, other));
        expect(sameJson(one, structuredClone(one))).toBe(true);
      }),
    );
  });

  it('ends for values that are nested as deeply as a client likes', () => {
    const nest = (): unknown => {
      let value: unknown = {};
      for (let n = 0; n < 100_000; n++) value = [value];
      return value;
    };
    expect(sameJson(nest(), nest())).toBe(true);
  });
});
