import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { defineTool, runTools, type FinishEvent, type ToolRunEvent } from 'rxjs-ollama';
import type { Script } from 'rxjs-ollama/testing/node';
import { listFiles, readDocument, root } from '../docs/documents.js';
import { start } from '../sources/support.js';
import { expectFile } from '../support/generated.js';
import { runToAnswer } from './closingAnswer.js';
import { createRecoveringClient } from './recoveredCalls.js';
import { runWithoutLoops } from './repeatedCalls.js';

const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Is it raining?' }] };
const asked: unknown[] = [];
const look = defineTool({
  name: 'look',
  description: 'Looks out of the window',
  parameters: { type: 'object' },
  execute: (args) => {
    asked.push(args);
    return 'It is dark.';
  },
});
const call = (args: Record<string, unknown> = {}) => ({
  tool_calls: [{ function: { name: 'look', arguments: args } }],
});

/** A model that calls the tool as long as it has one. */
const stubborn: Script = ({ body }) =>
  body.tools?.length ? [call(), { done: true }] : ['I can not see.', { done: true }];

const read = (events: readonly ToolRunEvent[]) => ({
  requests: events.filter(({ type }) => type === 'step-finish').length,
  finish: events.at(-1) as FinishEvent,
});

describe('the recipe for a closing answer', () => {
  it('has an answer in place of the result of the last call', async () => {
    const ollama = await start(stubborn);
    const options = { tools: [look], host: ollama.url };
    const events = await lastValueFrom(runToAnswer(request, 3, options).pipe(toArray()));
    const { requests, finish } = read(events);
    expect([requests, finish.reason]).toEqual([3, 'stop']);
    expect(finish.messages.at(-1)?.content).toBe('I can not see.');
    // What was asked of the last step is not part of the history.
    expect(finish.messages.filter(({ role }) => role === 'user')).toHaveLength(1);
    expect(ollama.requests[2]?.body.messages?.at(-1)?.content).toMatch(/^Answer now/);
    expect(ollama.requests[2]?.body.tools).toBeUndefined();
  });

  it('changes nothing where the model answers before', async () => {
    const ollama = await start(['No.', { done: true }]);
    const options = { tools: [look], host: ollama.url };
    const events = await lastValueFrom(runToAnswer(request, 3, options).pipe(toArray()));
    expect(read(events)).toMatchObject({ requests: 1, finish: { reason: 'stop' } });
  });
});

describe('the recipe for repeated calls', () => {
  it('ends the loop, and then has one finish and an answer', async () => {
    const ollama = await start(stubborn);
    const options = { tools: [look], host: ollama.url };
    const events = await lastValueFrom(runWithoutLoops(request, options).pipe(toArray()));
    const { requests, finish } = read(events);
    expect(requests).toBe(4);
    expect(events.filter(({ type }) => type === 'finish')).toHaveLength(1);
    expect(finish.messages.at(-1)?.content).toBe('I can not see.');
  });

  it('lets other runs finish', async () => {
    const ollama = await start(({ body }) =>
      (body.messages?.length ?? 0) > 8
        ? ['No.', { done: true }]
        : [call({ n: body.messages?.length }), { done: true }],
    );
    const options = { tools: [look], host: ollama.url };
    const events = await lastValueFrom(runWithoutLoops(request, options).pipe(toArray()));
    expect(read(events)).toMatchObject({ requests: 5, finish: { reason: 'stop' } });
  });
});

describe('the recipe for calls in the text', () => {
  async function play(...texts: readonly string[]) {
    asked.length = 0;
    const ollama = await start(({ body }) =>
      body.messages?.at(-1)?.role === 'tool'
        ? ['Yes.', { done: true }]
        : [...texts, { done: true }],
    );
    const client = createRecoveringClient({ host: ollama.url });
    const events = await lastValueFrom(
      runTools(request, { tools: [look], client }).pipe(toArray()),
    );
    const chunks = events.flatMap((event) => (event.type === 'chunk' ? event.chunk : []));
    const content = chunks.map(({ message }) => message.content);
    return { content, finish: read(events).finish, args: [...asked] };
  }

  it.each<[string, string[], unknown[]]>([
    ['JSON', ['{"name": "lo', 'ok", "arguments": {"n": 1}}'], [{ n: 1 }]],
    ['parameters', ['{"name":"look","parameters":{"n":1}}'], [{ n: 1 }]],
    ['no arguments', ['{"name":"look"}'], [{}]],
    ['a fence', ['```json\n{"name":"look","arguments":{"n":1}}', '\n```'], [{ n: 1 }]],
    [
      'tags',
      [
        '<tool_',
        'call>{"name":"look","arguments":{"n":1}}</tool_call>\n<tool_call>{"name":"look"}',
      ],
      [{ n: 1 }, {}],
    ],
  ])('makes the calls of %s', async (_, texts, expected) => {
    const { args, content, finish } = await play(...texts);
    expect(args).toEqual(expected);
    expect(content.join('')).toBe('Yes.');
    expect(finish.messages.at(-1)?.content).toBe('Yes.');
  });

  it.each([
    ['text', ['It ', 'rains.'], ['It ', 'rains.', '']],
    ['other JSON', ['{"rain":', 'true}'], ['', '', '{"rain":true}']],
    ['a call of another tool', ['{"name":"rm"}'], ['', '{"name":"rm"}']],
    ['broken JSON', ['{"name":"look"'], ['', '{"name":"look"']],
  ])('shows %s', async (_, texts, expected) => {
    const { args, content } = await play(...texts);
    expect(args).toEqual([]);
    expect(content).toEqual(expected);
  });
});

/** A block that shows a whole file, which is named after its language. */
const SHOWN = /(?<=^```ts (spec\/recipes\/\S+)\n)[^]*?(?=^```$)/gm;

describe('the pages of the recipes', () => {
  const pages = listFiles('docs/recipes', '.md').map(readDocument);

  it.each(pages.map((page) => [page.file, page.text]))(
    '%s shows code that is run',
    (file, text) => {
      const current = text.replace(SHOWN, (_, shown: string) =>
        readFileSync(path.join(root, shown), 'utf8'),
      );
      expectFile(path.join(root, file), current);
    },
  );

  it('show each file of code once', () => {
    const shown = pages.flatMap(({ text }) => Array.from(text.matchAll(SHOWN), ([, file]) => file));
    const code = listFiles('spec/recipes', '.ts').filter((file) => !file.endsWith('.spec.ts'));
    expect(shown.sort()).toEqual(code.sort());
  });
});
