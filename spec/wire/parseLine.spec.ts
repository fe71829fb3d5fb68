import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Line } from '../../lib/wire/line.js';
import { parseLine } from '../../lib/wire/parseLine.js';
import { OllamaProtocolError, OllamaStreamError } from '../../lib/errors.js';
import type { AssistantMessage } from '../../lib/types/index.js';

const partial: AssistantMessage = { role: 'assistant', content: 'so far' };
const toChunk = (line: Line): Line | undefined => ('done' in line ? line : undefined);
const parse = (text: string) => parseLine(text, toChunk, () => partial);

function catchError(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    return error;
  }
}

describe('parseLine', () => {
  it('gives the chunk that the line is, with all its keys', () => {
    expect(parse('{"done":false,"unknown":[1]}\r')).toEqual({ done: false, unknown: [1] });
  });

  it.each(['{"done":', '{"done":"\u0007"}', 'data: {"done":false}', '<!doctype html>'])(
    'refuses %j as not JSON, says so, and keeps what the parser said',
    (text) => {
      const error = catchError(text);
      expect(error).toBeInstanceOf(OllamaProtocolError);
      expect(error).toMatchObject({ code: 'protocol', line: text, partial });
      expect((error as Error).message).toBe(
        "A line of the response is not JSON. Is the host an Ollama server's own API, " +
          `and nothing in between rewriting it? The line: ${text}`,
      );
      expect((error as Error).cause).toBeInstanceOf(SyntaxError);
    },
  );

  it.each(['null', '123', 'true', '"text"', '[]', '{}', '{"message":{}}'])(
    'refuses %s as not a chunk',
    (text) => {
      const error = catchError(text);
      expect(error).toBeInstanceOf(OllamaProtocolError);
      expect(error).toMatchObject({ code: 'protocol', line: text, partial });
      expect((error as Error).message).toMatch(
        /^A line of the response is not a chunk\. Is the host/,
      );
      expect(error).not.toHaveProperty('cause');
    },
  );

  it('shows only the beginning of a long line', () => {
    const text = 'x'.repeat(5000);
    const { line, message } = catchError(text) as OllamaProtocolError;
    expect(line).toBe(`${'x'.repeat(1000)}…`);
    expect(message).toMatch(/ x{80}…$/);
  });

  const NO_REASON = 'The server failed without giving a reason. Its log may say more.';
  const signIn = 'https://ollama.com/connect';
  it.each([
    ['an error', { error: 'out of memory', done: true }, 'out of memory', undefined],
    ['an object', { error: { message: 'Busy', type: 'overloaded' } }, 'Busy', 'overloaded'],
    ['an error that is null', { error: null }, NO_REASON, undefined],
    ['a detail in place of it', { detail: 'Server Error' }, 'Server Error', undefined],
    ['a message in place of it', { message: 'Timed out' }, 'Timed out', undefined],
    ['an address', { error: 'no', signin_url: signIn }, `no. Sign in at ${signIn}`, undefined],
  ])('throws %s as what the server says, with the whole line', (_, detail, message, type) => {
    const error = catchError(JSON.stringify(detail)) as OllamaStreamError;
    expect(error).toBeInstanceOf(OllamaStreamError);
    expect(error).toMatchObject({ code: 'stream', message, partial });
    expect(error.detail).toEqual(detail);
    expect(error.type).toBe(type);
  });

  it('takes a chunk with a detail for a chunk', () => {
    expect(parse('{"done":false,"detail":"x"}')).toEqual({ done: false, detail: 'x' });
  });

  it.each([5000, 100_000])('throws an error that is nested %i deep, in few words', (depth) => {
    const error = catchError(`{"error":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(error).toBeInstanceOf(OllamaStreamError);
    expect((error as OllamaStreamError).message.length).toBeLessThan(200);
  });

  it('keeps integers that a number would round where they may be arguments', () => {
    const args = '{"id":1234567890123456789,"n":1}';
    const calls = `[{"function":{"name":"find","arguments":${args}}}]`;
    const read = [{ function: { name: 'find', arguments: { id: '1234567890123456789', n: 1 } } }];
    const chat = parse(
      `{"message":{"tool_calls":${calls}},"done":true,"total_duration":5368286455}`,
    );
    expect(chat).toMatchObject({ message: { tool_calls: read }, total_duration: 5368286455 });
    expect(parse(`{"response":"","tool_calls":${calls},"done":true}`)).toMatchObject({
      tool_calls: read,
    });
  });

  it('rounds integers as JSON.parse does where there are no calls', () => {
    const json = '{"done":true,"total_duration":1234567890123456789}';
    expect(parse(json)).toEqual(JSON.parse(json));
  });

  it('says in a property test what JSON.parse says, of lines of every kind', () => {
    const text = fc.string({ unit: 'grapheme' });
    const line = fc.record(
      {
        model: text,
        created_at: text,
        message: fc.record(
          { role: text, content: text, thinking: text },
          { requiredKeys: ['role'] },
        ),
        done: fc.boolean(),
      },
      { requiredKeys: ['done'] },
    );
    fc.assert(
      fc.property(line, (given) => {
        const json = JSON.stringify(given);
        expect(parse(json)).toEqual(JSON.parse(json));
      }),
    );
  });
});
