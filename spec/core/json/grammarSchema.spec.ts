import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toGrammarSchema, type FormatChange } from '../../../lib/core/json/grammarSchema.js';
import type { JsonSchema } from '../../../lib/types/index.js';

const digits = { type: 'string', pattern: '^\\d$' };
const rewritten = { type: 'string', pattern: '^[0-9]$' };

/** What the schema becomes, and what is said about it. */
function convert(schema: JsonSchema): { result: JsonSchema; changes: readonly FormatChange[] } {
  const changes: FormatChange[] = [];
  const before = JSON.stringify(schema);
  const result = toGrammarSchema(schema, (change) => changes.push(change));
  expect(JSON.stringify(schema)).toBe(before);
  expect(toGrammarSchema(schema)).toEqual(result);
  return { result, changes };
}

describe('toGrammarSchema', () => {
  it.each<[string, (schema: object) => JsonSchema]>([
    ['the root', (schema) => ({ ...schema })],
    ['properties', (schema) => ({ properties: { pattern: schema, ok: {} } })],
    ['$defs', (schema) => ({ $defs: { a: schema } })],
    ['definitions', (schema) => ({ definitions: { a: schema } })],
    ['dependentSchemas', (schema) => ({ dependentSchemas: { a: schema } })],
    ['dependencies', (schema) => ({ dependencies: { a: schema, b: ['c'] } })],
    ['patternProperties', (schema) => ({ patternProperties: { '^a$': schema } })],
    ['items', (schema) => ({ items: schema })],
    ['a list of items', (schema) => ({ items: [{}, schema], additionalItems: schema })],
    ['prefixItems', (schema) => ({ prefixItems: [schema, true] })],
    ['contains', (schema) => ({ contains: schema })],
    ['additionalProperties', (schema) => ({ additionalProperties: schema })],
    ['propertyNames', (schema) => ({ propertyNames: schema })],
    ['unevaluated', (schema) => ({ unevaluatedItems: schema, unevaluatedProperties: schema })],
    ['allOf', (schema) => ({ allOf: [schema] })],
    ['anyOf', (schema) => ({ anyOf: [{ type: 'null' }, schema] })],
    ['oneOf', (schema) => ({ oneOf: [schema, schema] })],
    ['not and if', (schema) => ({ not: schema, if: schema, then: schema, else: schema })],
    ['many levels', (schema) => ({ properties: { a: { items: { anyOf: [schema] } } } })],
  ])('finds patterns in %s', (_, wrap) => {
    const { result, changes } = convert(wrap(digits));
    expect(result).toEqual(wrap(rewritten));
    expect(changes).toHaveLength(1);
  });

  it('leaves data as it is, and names that are keywords elsewhere', () => {
    const schema = {
      properties: { pattern: { const: digits }, $ref: { enum: [digits] }, maxLength: {} },
      default: digits,
      examples: [digits],
      'x-pattern': digits,
      additionalProperties: false,
    };
    expect(toGrammarSchema(schema)).toBe(schema);
  });

  it('says what it rewrites and drops, and where', () => {
    const { result, changes } = convert({
      properties: {
        zip: digits,
        name: { type: 'string', pattern: '^\\p{L}+$', maxLength: 5000, minLength: 1 },
        tags: { type: 'array', items: { $ref: 'other.json' }, maxItems: 500, minItems: 499 },
      },
      patternProperties: { '^\\d$': {}, '\\bx': {} },
    });
    expect(result).toStrictEqual({
      properties: {
        zip: rewritten,
        name: { type: 'string', minLength: 1 },
        tags: { type: 'array', items: {}, minItems: 499 },
      },
      patternProperties: { '^[0-9]$': {} },
    });
    expect(new Set(changes)).toStrictEqual(
      new Set([
        { path: ['properties', 'zip', 'pattern'], from: '^\\d$', to: '^[0-9]$' },
        { path: ['properties', 'name', 'pattern'], from: '^\\p{L}+$' },
        { path: ['properties', 'name', 'maxLength'], from: 5000 },
        { path: ['properties', 'tags', 'maxItems'], from: 500 },
        { path: ['properties', 'tags', 'items', '$ref'], from: 'other.json' },
        { path: ['patternProperties'], from: '^\\d$', to: '^[0-9]$' },
        { path: ['patternProperties'], from: '\\bx' },
      ]),
    );
    expect(changes.filter((change) => 'to' in change)).toHaveLength(2);
  });

  it('drops repetitions that are too many, at either end', () => {
    expect(convert({ minItems: 500, maxItems: 499 }).result).toEqual({ maxItems: 499 });
    expect(convert({ minLength: 2000, maxLength: 1999 }).result).toEqual({ maxLength: 1999 });
  });

  it.each([
    ['#/$defs/a', true],
    ['#/properties/list/items/0', true],
    ['#/$defs/none', false],
    ['#/$defs/a/type/none', false],
    ['#/$defs/a/type/length', false],
    ['#/$defs/a/default/none', false],
    ['x/$defs/a', false],
    ['#a', false],
    ['https://example.com/schema', false],
  ])('keeps a reference only if it leads somewhere: %s', ($ref, isKept) => {
    const schema = {
      properties: { list: { items: [{ type: 'null' }] }, a: { $ref } },
      $defs: { a: { type: 'string', default: null } },
    };
    const { result } = convert(schema);
    expect(result === schema).toBe(isKept);
    expect(result).toHaveProperty('properties.a', isKept ? { $ref } : {});
  });

  it('moves a recursion of the root to $defs, under a name that is free', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { code: digits, next: { allOf: [{ $ref: '#' }] }, a: { $ref: '#/$defs/root' } },
      $defs: { root: { type: 'null' } },
    };
    const { result, changes } = convert(schema);
    const node = {
      type: 'object',
      properties: {
        code: rewritten,
        next: { allOf: [{ $ref: '#/$defs/root_' }] },
        a: { $ref: '#/$defs/root' },
      },
    };
    expect(result).toEqual({
      $schema: schema.$schema,
      ...node,
      $defs: { root: { type: 'null' }, root_: node },
    });
    expect(changes).toContainEqual({
      path: ['properties', 'next', 'allOf', 0, '$ref'],
      from: '#',
      to: '#/$defs/root_',
    });
  });

  it('takes cycles, shared schemas, any depth and odd values', () => {
    const cyclic: Record<string, unknown> = { ...digits };
    cyclic['items'] = cyclic;
    const result = toGrammarSchema({ properties: { a: cyclic, b: cyclic } });
    const { a, b } = result['properties'] as Record<string, Record<string, unknown>>;
    expect(a?.['pattern']).toBe('^[0-9]$');
    expect(a?.['items']).toBe(a);
    expect(b).toBe(a);
    expect(cyclic['pattern']).toBe('^\\d$');

    let deep: JsonSchema = digits;
    for (let level = 0; level < 100_000; level++) deep = { items: deep };
    let found = toGrammarSchema(deep);
    for (let level = 0; level < 100_000; level++) found = found['items'] as JsonSchema;
    expect(found).toEqual(rewritten);

    const odd = { properties: 5, items: null, anyOf: 'x', $defs: [], $ref: 7, maxLength: '9999' };
    expect(toGrammarSchema(odd)).toBe(odd);
    expect(toGrammarSchema({ pattern: 5 })).toEqual({});
  });

  it('returns the schema itself if nothing has to change, whatever it is', () => {
    const quiet = fc.object({ withNullPrototype: true }).filter((schema) => {
      const text = JSON.stringify(schema);
      return !/"(?:pattern|patternProperties|\$ref)"/.test(text);
    });
    fc.assert(
      fc.property(quiet, (schema) => {
        expect(toGrammarSchema(schema)).toBe(schema);
      }),
    );
  });
});
