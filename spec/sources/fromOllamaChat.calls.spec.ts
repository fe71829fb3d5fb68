import { describe, expect, it } from '@jest/globals';
import { catchError, lastValueFrom, of, toArray } from 'rxjs';
import {
  OllamaTruncatedError,
  defineTool,
  fromOllamaChat,
  fromOllamaGenerate,
  runTools,
} from '../../lib/index.js';
import { CHAT, start } from '../testing/node/support.js';

/** What a server sends that cuts a call in pieces, as it would stand in `tool_calls` of each line. */
const PIECES = [
  { id: 'a', function: { index: 0, name: 'find', arguments: '' } },
  { function: { index: 0, arguments: '{"id":123456789' } },
  { function: { index: 0, arguments: '0123456789}' } },
];

const toLine = (fields: object): { raw: string } => ({
  raw: `${JSON.stringify({ model: 'qwen3', done: false, ...fields })}\n`,
});

const chatLines = PIECES.map((call) => toLine({ message: { content: '', tool_calls: [call] } }));
const generateLines = PIECES.map((call) => toLine({ response: '', tool_calls: [call] }));

const CALL = {
  id: 'a',
  function: { index: 0, name: 'find', arguments: { id: '1234567890123456789' } },
};

/** The calls of each chunk. */
const NONE = undefined;
const EXPECTED = [NONE, NONE, [CALL], NONE];

describe('calls in pieces', () => {
  it.each([
    ['fromOllamaChat', chatLines, (host: string) => fromOllamaChat(CHAT, { host })],
    [
      'fromOllamaGenerate',
      generateLines,
      (host: string) => fromOllamaGenerate({ model: 'qwen3', prompt: 'Hi' }, { host }),
    ],
  ])('are joined by %s, on the chunk that completes the call', async (_, lines, request) => {
    const { url } = await start([...lines, { done: true }]);
    const chunks = await lastValueFrom(request(url).pipe(toArray()));
    expect(chunks.map(({ message }) => message.tool_calls)).toEqual(EXPECTED);
  });

  it('are joined for each subscription by itself', async () => {
    const { url } = await start([...chatLines, { done: true }]);
    const chat$ = fromOllamaChat(CHAT, { host: url }).pipe(toArray());
    const both = await Promise.all([lastValueFrom(chat$), lastValueFrom(chat$)]);
    for (const chunks of both) {
      expect(chunks.map(({ message }) => message.tool_calls)).toEqual(EXPECTED);
    }
  });

  /** A run in which the model answers with these lines. */
  const runFind = async (...lines: readonly ({ raw: string } | { done: true })[]) => {
    const received: unknown[] = [];
    const find = defineTool({
      name: 'find',
      description: 'Finds a record.',
      parameters: { type: 'object', properties: { id: { type: 'string' } } },
      execute: (args) => received.push(args),
    });
    const { url } = await start(({ body }) => {
      const { messages = [] } = body as { messages?: readonly { role: string }[] };
      return messages.at(-1)?.role === 'tool' ? ['Found.', { done: true }] : lines;
    });
    const run$ = runTools(CHAT, { tools: [find] }, { host: url });
    const error = await lastValueFrom(run$.pipe(catchError((thrown: unknown) => of(thrown))));
    return { received, error };
  };

  it('start a tool once, with all of its arguments', async () => {
    const { received } = await runFind(...chatLines, { done: true });
    expect(received).toEqual([CALL.function.arguments]);
  });

  it.each([1, 2])('start no tool where the response ends after %i of 3', async (count) => {
    const { received, error } = await runFind(...chatLines.slice(0, count));
    expect(received).toEqual([]);
    expect(error).toBeInstanceOf(OllamaTruncatedError);
  });

  it('start no tool where the final chunk comes before the last piece', async () => {
    const { received } = await runFind(...chatLines.slice(0, 2), { done: true });
    expect(received).toEqual([]);
  });
});
