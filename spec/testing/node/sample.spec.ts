import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { toSample } from '../../../lib/testing/node/sample.js';
import { toFormat } from '../../../lib/tools/toFormat.js';

interface Tree {
  readonly name: string;
  readonly left: Tree | null;
  readonly items: readonly Tree[];
}
const Tree: z.ZodType<Tree> = z.lazy(() =>
  z.object({ name: z.string(), left: Tree.nullable(), items: z.array(Tree).max(3) }),
);

describe('a sample of a schema', () => {
  it.each<[string, z.ZodType]>([
    ['texts', z.object({ name: z.string(), note: z.string().min(12).max(20) })],
    [
      'formats',
      z.object({ day: z.iso.date(), at: z.iso.datetime(), mail: z.email(), id: z.uuid() }),
    ],
    [
      'numbers',
      z.object({ n: z.number(), i: z.int().min(3).max(5), step: z.number().multipleOf(4) }),
    ],
    ['limits', z.object({ n: z.number().gt(5), most: z.number().max(-3), flag: z.boolean() })],
    [
      'choices',
      z.object({
        unit: z.enum(['mm', 'cm']),
        kind: z.literal('a'),
        or: z.union([z.int(), z.string()]),
      }),
    ],
    [
      'lists',
      z.object({ tags: z.array(z.string()).min(3), rows: z.array(z.object({ n: z.int() })) }),
    ],
    [
      'defaults',
      z.object({ n: z.number().default(7), none: z.null(), maybe: z.string().nullable() }),
    ],
    ['both of two', z.object({ a: z.string() }).and(z.object({ b: z.number() }))],
    ['itself', Tree],
    ['a list', z.array(z.object({ name: z.string() }))],
  ])('fits it: %s', (_, schema) => {
    const sample = toSample(toFormat(schema));
    expect(schema.safeParse(sample).error).toBeUndefined();
    expect(toSample(toFormat(schema))).toEqual(sample);
  });

  it('names texts after their property', () => {
    expect(toSample({ properties: { city: { type: 'string' }, days: { type: 'array' } } })).toEqual(
      {
        city: 'city',
        days: ['days 1', 'days 2'],
      },
    );
  });

  it.each([undefined, null, 5, { type: 'odd' }, { $ref: '#/none' }, { allOf: 5, type: 'object' }])(
    'exists for %j',
    (schema) => {
      expect(() => JSON.stringify(toSample(schema))).not.toThrow();
    },
  );
});
