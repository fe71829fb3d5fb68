import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { describe, expect, it } from '@jest/globals';
import { type } from 'arktype';
import { of } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import { chunk } from '../../lib/testing/index.js';
import { defineTool, type DefinedTool } from '../../lib/tools/defineTool.js';
import { model, only, run, runAll } from './support.js';

const { toolCall, done } = chunk;

const rest = { name: 'add', description: 'Adds two numbers' };

/** The same tool, by the library that the schema of its arguments is of. */
const tools: readonly (readonly [string, DefinedTool])[] = [
  [
    'zod',
    defineTool({
      ...rest,
      parameters: z.object({ x: z.number(), y: z.number().default(1) }),
      execute: ({ x, y }) => x + y,
    }),
  ],
  [
    'valibot',
    defineTool({
      ...rest,
      parameters: toStandardJsonSchema(v.object({ x: v.number(), y: v.optional(v.number(), 1) })),
      execute: ({ x, y }) => x + y,
    }),
  ],
  [
    'arktype',
    defineTool({
      ...rest,
      parameters: type({ x: 'number', y: 'number = 1' }),
      execute: ({ x, y }) => x + y,
    }),
  ],
];

/** What the model is told of a call with these arguments. */
function call(tool: DefinedTool, args: Record<string, unknown>): string | undefined {
  const client = model(of(toolCall('add', args), done()), of(done()));
  return only(runAll(run(client, [tool])), 'step-finish')[0]?.results[0]?.content;
}

describe('defineTool', () => {
  it('shows arguments in part that are too deep to be written', () => {
    let nested: Record<string, unknown> = {};
    for (let i = 0; i < 100_000; i++) nested = { nested };
    const parameters = z.object({ x: z.number() });
    const add = defineTool({ ...rest, parameters, execute: ({ x }) => x });
    expect(() => add.validate(nested)).toThrow(
      expect.objectContaining({
        code: 'validation',
        text: expect.stringMatching(/^(?:\{"nested":){5}/),
      }),
    );
  });

  describe.each(tools)('with a schema of %s', (_, add) => {
    it('tells the model the JSON Schema of what it has to give', () => {
      expect(add.tool).toMatchObject({
        type: 'function',
        function: {
          ...rest,
          parameters: {
            type: 'object',
            properties: { x: { type: 'number' }, y: { type: 'number' } },
            required: ['x'],
          },
        },
      });
      expect(JSON.parse(JSON.stringify(add.tool))).toEqual(add.tool);
    });

    it('calls the tool with valid arguments, defaults filled in', () => {
      expect(call(add, { x: 17, y: 23 })).toBe('40');
      expect(call(add, { x: 17 })).toBe('18');
    });

    it('tells the model what is wrong with others, and where', () => {
      expect(call(add, { x: '17', y: 23 })).toMatch(/^Error: x: .*number/);
      expect(call(add, { y: 'a' })).toMatch(/^Error: (x: .*; y: |y: .*; x: )/);
    });
  });

  it('tells the model of a list’s item, whatever the library calls the path', () => {
    const described = [
      z.object({ list: z.array(z.object({ s: z.string() })) }),
      toStandardJsonSchema(v.object({ list: v.array(v.object({ s: v.string() })) })),
      type({ list: type({ s: 'string' }).array() }),
    ].map((parameters) =>
      call(defineTool({ ...rest, parameters, execute: () => 'ok' }), {
        list: [{ s: 'a' }, { s: 1 }],
      }),
    );
    for (const text of described) expect(text).toMatch(/^Error: list\.1\.s: /);
  });

  it('tells the model of what is wrong as a whole, without a path', () => {
    const ordered = z
      .object({ from: z.number(), to: z.number() })
      .refine(({ from, to }) => from < to, 'from has to be less than to');
    const add = defineTool({ ...rest, parameters: ordered, execute: () => 'ok' });
    expect(call(add, { from: 2, to: 1 })).toBe('Error: from has to be less than to');
    const narrowed = type({ from: 'number', to: 'number' }).narrow(
      ({ from, to }, context) => from < to || context.mustBe('in order'),
    );
    const other = defineTool({ ...rest, parameters: narrowed, execute: () => 'ok' });
    expect(call(other, { from: 2, to: 1 })).toMatch(/^Error: must be in order/);
  });

  it('takes a JSON Schema as it is, and checks nothing', () => {
    const parameters = { type: 'object', properties: { x: { type: 'number' } } } as const;
    const add = defineTool({ ...rest, parameters, execute: ({ x }) => `got ${JSON.stringify(x)}` });
    expect(add.tool.function.parameters).toBe(parameters);
    expect(call(add, { x: '17' })).toBe('got "17"');
  });

  it('gives the tool what the schema makes of the arguments', () => {
    const parameters = z.object({ day: z.iso.date().transform((text) => new Date(text)) });
    const add = defineTool({ ...rest, parameters, execute: ({ day }) => day.getUTCDay() });
    expect(call(add, { day: '2026-01-01' })).toBe('4');
    expect(call(add, { day: 'tomorrow' })).toMatch(/^Error: day: /);
  });

  it('refuses a schema that can’t tell its JSON Schema', () => {
    const parameters = v.object({ x: v.number() });
    expect(() => defineTool({ ...rest, parameters, execute: () => 1 })).toThrow(
      new TypeError(
        "This valibot schema can't tell its JSON Schema. Use zod 4.2, arktype 2.1.28, or " +
          'toStandardJsonSchema of @valibot/to-json-schema.',
      ),
    );
  });

  it('gives the error of the library, if the schema has no JSON Schema', () => {
    const parameters = z.object({ day: z.date() });
    expect(() => defineTool({ ...rest, parameters, execute: () => 1 })).toThrow(
      'Date cannot be represented in JSON Schema',
    );
  });

  it('makes a tool whose parts can be used without a run', () => {
    const [, add] = tools[0] ?? [];
    const { signal } = new AbortController();
    const context = { signal, call: { id: 'call_0', function: { name: 'add', arguments: {} } } };
    expect(add?.validate({ x: 1 })).toEqual({ x: 1, y: 1 });
    expect(() => add?.validate({})).toThrow(expect.objectContaining({ code: 'validation' }));
    expect(add?.needsApproval({ x: 1, y: 1 }, context.call)).toBe(false);
    expect(add?.execute({ x: 1, y: 2 }, context)).toBe(3);
  });
});
