import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { z } from 'zod';
import type { Schema } from '../../lib/core/json/schema.js';
import { chunk } from '../../lib/testing/index.js';
import { defineTool, type DefinedTool, type ToolDefinition } from '../../lib/tools/defineTool.js';
import { runTools, type RunToolsOptions } from '../../lib/tools/runTools.js';
import type { ChatRequest } from '../../lib/types/index.js';
import { REQUEST, model, only, run, runAll, tool } from './support.js';

const { done } = chunk;

const definition = {
  name: 'add',
  description: 'Adds two numbers',
  parameters: { type: 'object' },
  execute: () => 1,
};

describe('a mistake in the definition of a tool', () => {
  it.each<[string, unknown, string]>([
    [
      'no definition',
      undefined,
      'A tool is defined by an object, not by undefined. Pass { name, description, parameters, execute }.',
    ],
    [
      'null',
      null,
      'A tool is defined by an object, not by null. Pass { name, description, parameters, execute }.',
    ],
    [
      'a function in its place',
      () => 1,
      'A tool is defined by an object, not by a function. Pass { name, description, parameters, execute }.',
    ],
    [
      'no name',
      { ...definition, name: undefined },
      "The tool has no name. Add the one that the model calls it by, such as name: 'weather'.",
    ],
    [
      'an empty name',
      { ...definition, name: '' },
      "The tool has no name. Add the one that the model calls it by, such as name: 'weather'.",
    ],
    [
      'no execute',
      { ...definition, execute: undefined },
      'The tool "add" has no execute. Add the function that carries out a call.',
    ],
    [
      'execute that is not a function',
      { ...definition, execute: 'add' },
      'The tool "add" has no execute. Add the function that carries out a call.',
    ],
    [
      'no parameters',
      { ...definition, parameters: undefined },
      'The tool "add" has no parameters. Add a schema of its arguments, or { type: \'object\' } if it has none.',
    ],
    [
      'parameters that are null',
      { ...definition, parameters: null },
      'A schema is a Standard Schema (of zod, valibot, arktype …) or a JSON Schema, not null.',
    ],
    [
      'parameters that are a text',
      { ...definition, parameters: 'object' },
      'A schema is a Standard Schema (of zod, valibot, arktype …) or a JSON Schema, not object.',
    ],
    [
      'an object of schemas',
      { ...definition, parameters: { x: z.number(), y: z.number() } },
      'The parameters of the tool "add" are an object of schemas. Wrap it in a schema, such as z.object({ … }).',
    ],
    [
      'a schema of something else',
      { ...definition, parameters: z.array(z.number()) },
      'The parameters of the tool "add" are of the type "array". The arguments of a call are an object: wrap the schema in one.',
    ],
    [
      'a JSON Schema of something else',
      { ...definition, parameters: { type: ['string', 'null'] } },
      'The parameters of the tool "add" are of the type ["string","null"]. The arguments of a call are an object: wrap the schema in one.',
    ],
    [
      'needsApproval that is a text',
      { ...definition, needsApproval: 'no' },
      'needsApproval of the tool "add" is a string. Set it to true, to false, or to a function of the arguments.',
    ],
    [
      'needsApproval that is a promise',
      { ...definition, needsApproval: Promise.resolve(true) },
      'needsApproval of the tool "add" is an object. Set it to true, to false, or to a function of the arguments.',
    ],
  ])('is named, when it is defined: %s', (_, wrong, message) => {
    expect(() => defineTool(wrong as ToolDefinition)).toThrow(new TypeError(message));
  });

  it.each<[string, Schema]>([
    ['a schema without a type', { properties: {} }],
    ['a schema of an object or null', { type: ['object', 'null'] }],
    ['a union of objects', z.union([z.object({ x: z.number() }), z.object({ y: z.number() })])],
    ['an intersection', z.object({ x: z.number() }).and(z.object({ y: z.number() }))],
  ])('is not %s', (_, parameters) => {
    const { tool } = defineTool({ ...definition, parameters, needsApproval: undefined });
    expect(tool.function.name).toBe('add');
  });
});

const x = tool('x', () => 'ok');
const noTools = (kind: string) =>
  `tools is not an array, but ${kind}. Pass the tools that defineTool makes, or [].`;

describe('a mistake in the options of a run', () => {
  it.each<[string, unknown, string]>([
    ['no options', undefined, noTools('undefined')],
    ['no tools', {}, noTools('undefined')],
    ['one tool', { tools: x }, noTools('an object')],
    ['tools by name', { tools: { x } }, noTools('an object')],
    [
      'what the model is sent of a tool',
      { tools: [x.tool] },
      'tools has an element that is not a tool. Make each one with defineTool.',
    ],
    [
      'a definition that is no tool yet',
      { tools: [definition] },
      'tools has an element that is not a tool. Make each one with defineTool.',
    ],
    [
      'a tool that is missing',
      { tools: [undefined] },
      'tools has an element that is not a tool. Make each one with defineTool.',
    ],
    [
      'two tools of one name',
      { tools: [x, tool('x', () => 1)] },
      'tools has two tools named "x". Give each a name of its own.',
    ],
    [
      'approve that is not a function',
      { tools: [x], approve: true },
      "approve is a boolean. Pass a function, such as () => true, or () => 'suspend'.",
    ],
    [
      'stopWhen that is a number',
      { tools: [x], stopWhen: 3 },
      'stopWhen is a number. Pass a function, such as (steps) => steps.length > 5.',
    ],
    [
      'prepareStep that is an object',
      { tools: [x], prepareStep: { model: 'small' } },
      'prepareStep is an object. Pass a function, such as (step) => ({ model: … }).',
    ],
    [
      'an onToolError that there is not',
      { tools: [x], onToolError: 'ignore' },
      "onToolError is ignore. Set it to 'tell' or 'throw'.",
    ],
    [
      'decisions in a Map',
      { tools: [x], decisions: new Map([['a', true]]) },
      'decisions is a Map. Pass an object such as { call_k3v9x2pq: true }. Object.fromEntries makes one of a Map.',
    ],
    [
      'decisions that are a list',
      { tools: [x], decisions: ['a'] },
      'decisions is a list. Pass an object such as { call_k3v9x2pq: true }. Object.fromEntries makes one of a Map.',
    ],
    [
      'decisions that are a text',
      { tools: [x], decisions: 'id_x' },
      'decisions is a string. Pass an object such as { call_k3v9x2pq: true }. Object.fromEntries makes one of a Map.',
    ],
    [
      'decisions that are null',
      { tools: [x], decisions: null },
      'decisions is null. Pass an object such as { call_k3v9x2pq: true }. Object.fromEntries makes one of a Map.',
    ],
  ])('is named, when runTools is called: %s', (_, options, message) => {
    const client = model();
    const start = () => runTools(REQUEST, options as RunToolsOptions, { client });
    expect(start).toThrow(new TypeError(message));
    expect(client.requests).toEqual([]);
  });

  it.each(['tell', 'throw'] as const)('is no %s for onToolError', (onToolError) => {
    expect(() => runTools(REQUEST, { tools: [x], onToolError })).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    [
      'no request',
      undefined,
      "The request is undefined. Pass an object such as { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }.",
    ],
    [
      'null',
      null,
      "The request is null. Pass an object such as { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }.",
    ],
    [
      'a text',
      'Hi',
      "The request is a string. Pass an object such as { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }.",
    ],
    [
      'tools in the request',
      { ...REQUEST, tools: [x.tool] },
      'The request has tools. Pass them in the second argument: runTools(request, { tools }).',
    ],
  ])('is named, when runTools is called: %s', (_, request, message) => {
    expect(() => runTools(request as ChatRequest, { tools: [x] })).toThrow(new TypeError(message));
  });

  it('fails the run, if prepareStep makes it', () => {
    const play = (tools: unknown) =>
      runAll(
        run(model(of(done())), [x], { prepareStep: () => ({ tools: tools as DefinedTool[] }) }),
      );
    expect(() => play([x, tool('x', () => 1)])).toThrow('two tools named "x"');
    expect(() => play({ x })).toThrow(noTools('an object'));
  });

  it('is not an option that is undefined', () => {
    const options = Object.fromEntries(
      ['approve', 'stopWhen', 'prepareStep', 'onToolError', 'decisions'].map((name) => [
        name,
        undefined,
      ]),
    );
    expect(only(runAll(run(model(of(done())), [x], options)), 'finish')).toHaveLength(1);
  });
});
