import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import { toFormat } from '../../lib/tools/toFormat.js';
import { REQUEST } from './support.js';

const { done } = chunk;

const expected = {
  type: 'object',
  properties: { sum: { type: 'number' } },
  required: ['sum'],
};

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

  it('gives what the request takes', () => {
    const client = scriptedClient([done()]);
    const format = toFormat(z.object({ sum: z.number() }));
    fromOllamaChat({ ...REQUEST, format }, { client }).subscribe();
    expect(client.requests[0]?.format).toEqual(format);
  });
});
