import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeFirst, GoError } from '../../../lib/testing/node/goJson.js';

/** The value, or Go's words. */
function decode(body: string | Buffer): unknown {
  try {
    return decodeFirst(Buffer.from(body));
  } catch (error) {
    expect(error).toBeInstanceOf(GoError);
    return (error as Error).message;
  }
}

describe('decodeFirst', () => {
  // What Go 1.26 printed.
  it.each([
    ['', 'EOF'],
    [' \n\t', 'EOF'],
    ['{', 'unexpected EOF'],
    ['{"a"', 'unexpected EOF'],
    ['{"a":', 'unexpected EOF'],
    ['{"a":1', 'unexpected EOF'],
    ['{"a":"', 'unexpected EOF'],
    ['{"a":"\\', 'unexpected EOF'],
    ['tru', 'unexpected EOF'],
    ['-', 'unexpected EOF'],
    ['1.', 'unexpected EOF'],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ["{'a':1}", String.raw`invalid character '\'' looking for beginning of object key string`],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['{"a":01}', "invalid character '1' after object key:value pair"],
    ['{"a":1]', "invalid character ']' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{"a":"x\ny"}', String.raw`invalid character '\n' in string literal`],
    ['{"a":"\\x"}', "invalid character 'x' in string escape code"],
    ['{"a":"\\u12g"}', String.raw`invalid character 'g' in \u hexadecimal character escape`],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['nulx', "invalid character 'x' in literal null (expecting 'l')"],
    ['trux', "invalid character 'x' in literal true (expecting 'e')"],
    ['{"a":\0}', String.raw`invalid character '\x00' looking for beginning of value`],
    ['é', "invalid character 'Ã' looking for beginning of value"],
    [Buffer.from([0xff, 0xfe]), "invalid character 'ÿ' looking for beginning of value"],
  ])('says of %j: %s', (body, words) => {
    expect(decode(body)).toBe(words);
  });

  it.each<[string, unknown]>([
    ['null x', null],
    ['5x', 5],
    ['{"a":[]}garbage', { a: [] }],
    ['[{}] [', [{}]],
    ['"\\u00e9é\\n" "', 'éé\n'],
    [' [-0.5e+3, 1E2, true, false]', [-500, 100, true, false]],
  ])('reads only the first value of %j', (body, value) => {
    expect(decode(body)).toEqual(value);
  });

  it('nests 10,000 deep and no deeper, without recursion', () => {
    const nest = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(decode(nest(10_000))).toBeInstanceOf(Array);
    expect(decode(nest(10_001))).toBe("invalid character '[' exceeded max depth");
    expect(decode('{"a":'.repeat(100_000))).toBe("invalid character '{' exceeded max depth");
  });

  it('agrees with JSON.parse on every text that is one value', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(decode(json)).toEqual(JSON.parse(json));
      }),
    );
  });

  it('accepts only what JSON.parse accepts, and fails with nothing but the words of Go', () => {
    const piece = fc.constantFrom(...Array.from('{}[]:,"\\ue0-1.5ntrfals x\n'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        // What JSON.parse refuses in an accepted text would be a SyntaxError.
        expect(() => decode(pieces.join(''))).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });
});
