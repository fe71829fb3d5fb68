import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import type { FormatChange } from '../../lib/core/json/grammarSchema.js';
import type { Schema } from '../../lib/core/json/schema.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { defineTool } from '../../lib/tools/defineTool.js';
import { toFormat } from '../../lib/tools/toFormat.js';
import { findRefused } from '../core/json/grammarEngine.js';
import { REQUEST } from './support.js';

const { done } = chunk;

const expected = {
  type: 'object',
  properties: { sum: { type: 'number' } },
  required: ['sum'],
};

const Node = z.object({
  name: z.string(),
  get next() {
    return Node.optional();
  },
});
const Tree = z.object({
  root: z.object({
    get children() {
      return z.array(Tree);
    },
  }),
});

/** A valibot string with a check. */
const text = (check: v.PipeItem<string, string, v.BaseIssue<unknown>>): Schema =>
  toStandardJsonSchema(v.pipe(v.string(), check));

/** The kinds of schemas that a real server was asked with, and others: what of each is changed. */
const KINDS: readonly [kind: string, schema: Schema, changed: readonly string[]][] = [
  // Taken as they are.
  ['object', z.object({ a: z.string(), b: z.number() }), []],
  ['strict object', z.strictObject({ a: z.string() }), []],
  ['loose object', z.looseObject({ a: z.string() }), []],
  ['nested object', z.object({ a: z.object({ b: z.object({ c: z.boolean() }) }) }), []],
  ['number with a range', z.object({ n: z.number().min(1).max(10) }), []],
  ['integer', z.object({ n: z.int() }), []],
  ['positive integer', z.object({ n: z.int().positive() }), []],
  ['enum', z.enum(['a', 'b']), []],
  ['literal', z.literal('a'), []],
  ['union', z.union([z.string(), z.number()]), []],
  [
    'discriminated union',
    z.discriminatedUnion('t', [z.object({ t: z.literal(1) }), z.object({ t: z.literal(2) })]),
    [],
  ],
  ['tuple', z.tuple([z.string(), z.number()]), []],
  ['record', z.record(z.string(), z.number()), []],
  ['optional', z.object({ a: z.string().optional() }), []],
  ['nullable', z.object({ a: z.string().nullable() }), []],
  ['default', z.object({ a: z.string().default('x') }), []],
  ['array', z.array(z.string()), []],
  ['nested arrays', z.array(z.array(z.number())), []],
  ['array with a length', z.array(z.string()).min(1).max(3), []],
  ['string with a length', z.string().min(1).max(100), []],
  ['url', z.url(), []],
  ['uuid', z.uuid(), []],
  ['guid', z.guid(), []],
  ['ipv4', z.ipv4(), []],
  ['ipv6', z.ipv6(), []],
  ['nanoid', z.nanoid(), []],
  ['ulid', z.ulid(), []],
  ['hex', z.hex(), []],
  ['jwt', z.jwt(), []],
  ['uppercase', z.string().uppercase(), []],
  ['boolean', z.boolean(), []],
  ['null', z.null(), []],
  ['unknown', z.object({ a: z.unknown() }), []],
  ['description', z.string().describe('a name'), []],
  ['coerce', z.object({ n: z.coerce.number() }), []],
  ['transform', z.string().transform(Number), []],
  ['refine', z.string().refine(Boolean), []],
  ['intersection', z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() })), []],
  ['valibot object', toStandardJsonSchema(v.object({ a: v.number() })), []],
  ['valibot email', text(v.email()), []],
  ['valibot uuid', text(v.uuid()), []],
  ['valibot date and time', text(v.isoTimestamp()), []],
  ['arktype object', type({ a: 'number', 'b?': 'string' }), []],
  ['arktype alpha', type('string.alpha'), []],
  // Rewritten.
  ['email', z.email(), ['pattern']],
  ['date and time', z.iso.datetime({ offset: true }), ['pattern']],
  ['date', z.iso.date(), ['pattern']],
  ['time', z.iso.time(), ['pattern']],
  ['duration', z.iso.duration(), ['pattern']],
  ['hostname', z.hostname(), ['pattern']],
  ['base64', z.base64(), ['pattern']],
  ['cidr', z.cidrv4(), ['pattern']],
  ['phone number', z.e164(), ['pattern']],
  ['regex with \\d', z.string().regex(/^\d{3}$/), ['pattern']],
  ['regex without anchors', z.string().regex(/abc/), ['pattern']],
  ['two regexes', z.string().regex(/^a/).regex(/b$/), ['pattern', 'pattern']],
  ['startsWith', z.string().startsWith('a-b'), ['pattern']],
  ['endsWith', z.string().endsWith('.x'), ['pattern']],
  ['includes', z.string().includes('a/b'), ['pattern']],
  ['template', z.templateLiteral(['a-', z.number()]), ['pattern']],
  ['record of a regex', z.record(z.string().regex(/^\d+$/), z.number()), ['pattern']],
  ['recursion of the root', Node, ['$ref']],
  ['recursion below the root', Tree, ['$ref']],
  ['valibot slug', text(v.slug()), ['pattern']],
  ['valibot mac', text(v.mac()), ['pattern']],
  ['arktype email', type('string.email'), ['pattern']],
  ['arktype uuid', type('string.uuid'), ['pattern']],
  ['arktype digits', type('string.digits'), ['pattern']],
  ['arktype semver', type('string.semver'), ['pattern']],
  ['arktype ip', type('string.ip'), []],
  // Dropped.
  ['emoji', z.emoji(), ['pattern dropped']],
  ['letters', z.string().regex(/^\p{L}+$/u), ['pattern dropped']],
  ['lookbehind', z.string().regex(/^.*(?<=a)$/), ['pattern dropped']],
  ['arktype ISO date', type('string.date.iso'), ['pattern dropped']],
  ['very long string', z.string().max(5000), ['maxLength dropped']],
  ['very long array', z.array(z.string()).max(5000), ['maxItems dropped']],
];

/** All values under a keyword, anywhere. */
function findAll(json: string, keyword: string): readonly unknown[] {
  const found: unknown[] = [];
  JSON.parse(json, (key, value: unknown) => {
    if (key === keyword) found.push(value);
    return value;
  });
  return found;
}

describe('toFormat', () => {
  it.each([
    ['zod', z.object({ sum: z.number() })],
    ['valibot', toStandardJsonSchema(v.object({ sum: v.number() }))],
    ['arktype', type({ sum: 'number' })],
  ])('gives the JSON Schema of %s', (_, schema) => {
    expect(toFormat(schema)).toMatchObject(expected);
  });

  it('gives a JSON Schema as it is', () => {
    expect(toFormat(expected)).toBe(expected);
  });

  it.each(KINDS)(
    'gives what the engine takes, and says what it changes: %s',
    (_, schema, changed) => {
      const changes: FormatChange[] = [];
      const json = JSON.stringify(toFormat(schema, (change) => changes.push(change)));
      const said = changes.map(
        ({ path, to }) => `${String(path.at(-1))}${to === undefined ? ' dropped' : ''}`,
      );
      expect(said).toEqual(changed);
      for (const pattern of findAll(json, 'pattern'))
        expect(findRefused(pattern as string)).toBe(undefined);
      for (const ref of findAll(json, '$ref')) expect(ref).toMatch(/^#\/(?:\$defs|definitions)\//);
    },
  );

  it('keeps a format beside a pattern that is rewritten or dropped', () => {
    expect(toFormat(z.email())).toMatchObject({
      format: 'email',
      pattern: expect.stringMatching(/^\^.*\$$/),
    });
    expect(toFormat(z.iso.date())).toHaveProperty('format', 'date');
    expect(toFormat(z.iso.datetime())).toHaveProperty('format', 'date-time');
    expect(toFormat({ format: 'time', pattern: '\\b' })).toEqual({ format: 'time' });
  });

  it('still accepts what zod accepts', () => {
    const dates: readonly [Schema, string][] = [
      [z.email(), "o'neil+tag@sub.example-host.org"],
      [z.iso.datetime({ offset: true }), '2024-02-29T23:59:59.123+01:00'],
      [z.iso.date(), '2023-12-31'],
      [z.iso.time(), '23:59'],
      [z.iso.duration(), 'P1Y2M3DT4H5M6.7S'],
      [z.base64(), 'YWJj'],
      [z.base64(), ''],
      [z.hostname(), 'a-b.example.com'],
      [z.cidrv4(), '10.0.0.0/8'],
    ];
    for (const [schema, value] of dates) {
      expect(toFormat(schema)).toHaveProperty('pattern');
      expect(value).toMatch(new RegExp(toFormat(schema)['pattern'] as string));
    }
  });

  it('gives what the request takes', () => {
    const client = scriptedClient([done()]);
    const format = toFormat(z.object({ sum: z.number() }));
    fromOllamaChat({ ...REQUEST, format }, { client }).subscribe();
    expect(client.requests[0]?.format).toEqual(format);
  });

  it('converts the parameters of a tool in the same way', () => {
    const parameters = z.object({ zip: z.string().regex(/^\d{5}$/) });
    const { tool } = defineTool({ name: 'a', description: 'b', parameters, execute: () => 0 });
    expect(tool.function.parameters).toEqual(toFormat(parameters));
    expect(tool.function.parameters).toHaveProperty('properties.zip.pattern', '^[0-9]{5}$');
  });

  it.each(['json', 5, null, undefined])('refuses %j', (schema) => {
    expect(() => toFormat(schema as unknown as Schema)).toThrow(
      new TypeError(
        `A schema is a Standard Schema (of zod, valibot, arktype …) or a JSON Schema, not ${String(schema)}.`,
      ),
    );
  });
});
