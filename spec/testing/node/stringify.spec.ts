import { describe, expect, it } from '@jest/globals';
import { stringify } from '../../../lib/testing/node/stringify.js';
import { chat, start } from './support.js';

/** Deeper than JSON.stringify can go. */
const DEPTH = 100_000;

function nest(inner: unknown, wrap: (value: unknown) => unknown): unknown {
  let value = inner;
  for (let n = 0; n < DEPTH; n++) value = wrap(value);
  return value;
}

describe('stringify', () => {
  it('needs no stack for depth, and writes what JSON.stringify would', () => {
    const inner = { a: [1, 'x"', null, true], b: undefined, c: {}, d: [], e: [undefined] };
    const json = stringify(nest(inner, (value) => [value]));
    expect(json).toBe('['.repeat(DEPTH) + JSON.stringify(inner) + ']'.repeat(DEPTH));
    expect(stringify(nest(1, (a) => ({ a })))).toBe(
      `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
    );
  });

  it('is JSON.stringify otherwise, errors included', () => {
    expect(stringify({ a: new Date(0) })).toBe('{"a":"1970-01-01T00:00:00.000Z"}');
    expect(() => stringify(1n)).toThrow(TypeError);
  });

  it('writes the error of a script, however deep it is', async () => {
    const ollama = await start([{ error: nest('x', (value) => [value]) }]);
    expect(await (await chat(ollama)).text()).toBe(
      `{"error":${'['.repeat(DEPTH)}"x"${']'.repeat(DEPTH)}}`,
    );
  });
});
