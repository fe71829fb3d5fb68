import { describe, expect, it } from '@jest/globals';
import { omit } from '../../lib/core/omit.js';

describe('omit', () => {
  const object: { readonly a: number; readonly b?: number; readonly c?: { d: number } } = {
    a: 1,
    b: 2,
    c: { d: 3 },
  };

  it('copies without the fields named, and leaves the object as it is', () => {
    expect(omit(object, 'b')).toStrictEqual({ a: 1, c: { d: 3 } });
    expect(omit(object, 'b', 'c')).toStrictEqual({ a: 1 });
    expect(object).toStrictEqual({ a: 1, b: 2, c: { d: 3 } });
  });

  it('leaves out what would become the prototype of the copy', () => {
    const sent = JSON.parse('{"a":1,"__proto__":{"reset":true}}') as object;
    const copy = omit(sent, 'b');
    expect(copy).toStrictEqual({ a: 1 });
    expect(copy).not.toHaveProperty('reset');
  });

  it('copies whole what has none of them', () => {
    const copy = omit(object, 'e');
    expect(copy).toStrictEqual(object);
    expect(copy).not.toBe(object);
    expect(copy.c).toBe(object.c);
  });
});
