import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { describe, expect, it } from '@jest/globals';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { check, readOptions, toJsonSchema } from '../../../lib/core/json/schema.js';
import { OllamaValidationError } from '../../../lib/errors.js';

/** A schema of no library, which finds these issues. */
const finding = (...issues: readonly StandardSchemaV1.Issue[]): StandardSchemaV1 => ({
  '~standard': { version: 1, vendor: 'none', validate: () => ({ issues }) },
});

/** A schema of no library, whose `validate` returns this. */
const returning = (result: unknown): StandardSchemaV1 =>
  ({
    '~standard': { version: 1, vendor: 'none', validate: () => result },
  }) as unknown as StandardSchemaV1;

const messageOf = (schema: StandardSchemaV1, value: unknown): string => {
  try {
    check(schema, value, '');
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('toJsonSchema', () => {
  it.each([
    ['zod', z.object({ n: z.number() })],
    ['valibot', toStandardJsonSchema(v.object({ n: v.number() }))],
    ['arktype', type({ n: 'number' })],
  ])('asks a schema of %s', (_, schema) => {
    expect(toJsonSchema(schema)).toMatchObject({
      type: 'object',
      properties: { n: { type: 'number' } },
      required: ['n'],
    });
  });

  it('describes what goes in, not what comes out', () => {
    const schema = z.object({ n: z.string().transform(Number) });
    expect(toJsonSchema(schema)).toMatchObject({ properties: { n: { type: 'string' } } });
  });

  it('gives a JSON Schema back', () => {
    const schema = { type: 'object' };
    expect(toJsonSchema(schema)).toBe(schema);
  });

  it('refuses a schema that has none, and says what to do', () => {
    expect(() => toJsonSchema(finding())).toThrow(TypeError);
    expect(() => toJsonSchema(finding())).toThrow(
      /^This none schema can't tell its JSON Schema\. Use /,
    );
  });
});

describe('check', () => {
  it('gives the value that the schema makes', () => {
    expect(check(z.string().transform(Number), '17', '')).toEqual({ value: 17 });
    expect(check(v.pipe(v.string(), v.transform(Number)), '17', '')).toEqual({ value: 17 });
    expect(check(type('string.numeric.parse'), '17', '')).toEqual({ value: 17 });
  });

  it('checks nothing by a JSON Schema', () => {
    const value = { n: 'no number' };
    const valid = check({ type: 'object', properties: { n: { type: 'number' } } }, value, '');
    expect('value' in valid && valid.value).toBe(value);
  });

  it('throws an error with the issues, the text and the message so far', () => {
    const partial = { role: 'assistant', content: '{"n":"1"}' } as const;
    const error: unknown = (() => {
      try {
        return check(z.object({ n: z.number() }), { n: '1' }, '{"n":"1"}', partial);
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toBeInstanceOf(OllamaValidationError);
    expect(error).toMatchObject({
      message: 'n: Invalid input: expected number, received string',
      issues: [{ path: ['n'] }],
      text: '{"n":"1"}',
      partial,
    });
  });

  it.each<[string, readonly StandardSchemaV1.Issue[], string]>([
    ['no path', [{ message: 'wrong' }], 'wrong'],
    ['an empty path', [{ message: 'wrong', path: [] }], 'wrong'],
    ['keys', [{ message: 'wrong', path: ['a', 0, 'b'] }], 'a.0.b: wrong'],
    ['keys in objects', [{ message: 'wrong', path: [{ key: 'a' }, { key: 0 }] }], 'a.0: wrong'],
    ['a symbol', [{ message: 'wrong', path: [Symbol('s')] }], 'Symbol(s): wrong'],
    [
      'several issues',
      [
        { message: 'wrong', path: ['a'] },
        { message: 'bad', path: ['b'] },
      ],
      'a: wrong; b: bad',
    ],
  ])('describes issues with %s', (_, issues, message) => {
    expect(messageOf(finding(...issues), {})).toBe(message);
  });

  it('describes issues of arktype, whose paths are lists of their own kind', () => {
    const schema = type({ list: 'string[]' });
    expect(messageOf(schema, { list: ['a', 1] })).toMatch(/^list\.1: /);
    expect(messageOf(schema, 7)).toBe('must be an object (was a number)');
  });

  it('waits for a schema that takes its time', async () => {
    const schema = z.string().refine(async (city) => city === 'Bonn', 'is unknown');
    await expect(check(schema, 'Bonn', '')).resolves.toEqual({ value: 'Bonn' });
    await expect(check(schema, 'Köln', '')).rejects.toThrow(
      expect.objectContaining({ code: 'validation', message: 'is unknown' }),
    );
  });

  it('waits for anything with then', async () => {
    // As zone.js makes of it: a promise that is no `Promise`.
    const zoned = {
      then: (resolve: (result: unknown) => void) => Promise.resolve({ value: 7 }).then(resolve),
    };
    const bare = {
      then: (resolve: (result: unknown) => void) => {
        resolve({ value: 7 });
      },
    };
    expect(await check(returning(zoned), 'x', '')).toEqual({ value: 7 });
    expect(await check(returning(bare), 'x', '')).toEqual({ value: 7 });
  });

  it.each([undefined, null, 'x', 5, true, {}, [], () => 1, { then: 5 }])(
    'throws a typed error for a schema that returns %p',
    async (result) => {
      const message = "The none schema's `validate` returned neither `value` nor `issues`";
      const error = { code: 'validation', message, issues: [{ message }], text: 'text' };
      expect(() => check(returning(result), 1, 'text')).toThrow(expect.objectContaining(error));
      await expect(check(returning(Promise.resolve(result)), 1, 'text')).rejects.toMatchObject(
        error,
      );
    },
  );

  it.each<[string, unknown, string]>([
    ['none', [], 'The value does not fit the schema, which names no issue'],
    ['that are no list', true, 'The value does not fit the schema, which names no issue'],
    ['without a message', [{}], 'is not valid'],
    ['that are nothing', [null, undefined, 5], 'is not valid; is not valid; is not valid'],
    ['with odd paths', [{ message: 'wrong', path: [null, 0] }], 'null.0: wrong'],
    ['with a path that is none', [{ message: 'wrong', path: 5 }], 'wrong'],
  ])('describes issues %s', (_, issues, message) => {
    expect(messageOf(returning({ issues }), {})).toBe(message);
  });

  it.each([
    ['a promise', Promise.resolve(1)],
    ['something with then', { then: () => undefined }],
    ['undefined', undefined],
  ])('gives a value in an object, so that it can be %s', async (_, value) => {
    expect(check(returning({ value }), 1, '')).toEqual({ value });
    const later = await check(returning(Promise.resolve({ value })), 1, '');
    expect(later.value).toBe(value);
    expect(check({ type: 'string' }, value, '')).toEqual({ value });
  });

  it('passes on what a schema throws, and what it rejects with', async () => {
    const boom = new Error('boom');
    const throwing = {
      '~standard': {
        version: 1,
        vendor: 'none',
        validate: () => {
          throw boom;
        },
      },
    } as unknown as StandardSchemaV1;
    expect(() => check(throwing, 1, '')).toThrow(boom);
    await expect(check(returning(Promise.reject(boom)), 1, '')).rejects.toBe(boom);
  });
});

describe('readOptions', () => {
  it.each([
    ['zod', z.object({ path: z.string() })],
    ['valibot', v.object({ path: v.string() })],
    // A function.
    ['arktype', type({ path: 'string' })],
    ['with the name of an option', Object.assign(finding(), { path: [], schema: {} })],
  ])('knows a Standard Schema: %s', (_, schema) => {
    expect(readOptions(schema)).toEqual({ schema });
    expect(readOptions({ schema }).schema).toBe(schema);
  });

  it.each([
    {},
    { type: 'object' },
    { properties: { schema: {}, path: {}, every: {} } },
    { $schema: 'http://json-schema.org/draft-07/schema#' },
    Object.create({ type: 'object' }) as object,
  ])('takes an object without the name of an option for a JSON Schema: %j', (schema) => {
    expect(readOptions(schema)).toEqual({ schema });
  });

  it.each(['schema', 'every', 'scheduler', 'path', 'repair', 'maxTrailing'])(
    'takes an object with %s for options',
    (name) => {
      const options = { [name]: undefined, other: 1 };
      expect(readOptions(options)).toBe(options);
    },
  );

  it.each(['json', 5, null, true])('refuses %j, by itself and in options', (schema) => {
    const error = /^A schema is a Standard Schema .* or a JSON Schema, not (json|5|null|true)\.$/;
    expect(() => readOptions(schema as never)).toThrow(error);
    expect(() => readOptions({ schema: schema as never })).toThrow(error);
  });
});
