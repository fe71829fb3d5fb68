import { describe, expect, it } from '@jest/globals';
import { describeError, excerpt, parseLine } from '../../lib/wire/parseLine.js';
import type { Line } from '../../lib/wire/plainLine.js';
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
    'refuses %j as no JSON, says so, and keeps what the parser said',
    (text) => {
      const error = catchError(text);
      expect(error).toBeInstanceOf(OllamaProtocolError);
      expect(error).toMatchObject({ code: 'protocol', line: text, partial });
      expect((error as Error).message).toBe(
        "A line of the response is no JSON. Is the host an Ollama server's own API, " +
          `and nothing in between rewriting it? The line: ${text}`,
      );
      expect((error as Error).cause).toBeInstanceOf(SyntaxError);
    },
  );

  it.each(['null', '123', 'true', '"text"', '[]', '{}', '{"message":{}}'])(
    'refuses %s as no chunk',
    (text) => {
      const error = catchError(text);
      expect(error).toBeInstanceOf(OllamaProtocolError);
      expect(error).toMatchObject({ code: 'protocol', line: text, partial });
      expect((error as Error).message).toMatch(/^A line of the response is no chunk\. Is the host/);
      expect(error).not.toHaveProperty('cause');
    },
  );

  it('shows only the beginning of a long line', () => {
    const text = 'x'.repeat(5000);
    const { line, message } = catchError(text) as OllamaProtocolError;
    expect(line).toBe(`${'x'.repeat(1000)}…`);
    expect(message).toMatch(/ x{80}…$/);
  });

  it('throws what the server says went wrong, with the whole line', () => {
    const detail = { error: 'unauthorized', signin_url: 'https://ollama.com/connect', done: true };
    const error = catchError(JSON.stringify(detail));
    expect(error).toBeInstanceOf(OllamaStreamError);
    expect(error).toMatchObject({ code: 'stream', message: 'unauthorized', detail, partial });
  });
});

describe('describeError', () => {
  it.each([
    ['a text', 'model runner has crashed', 'model runner has crashed'],
    ['an object with a message', { code: 429, message: 'slow down' }, 'slow down'],
    ['any other object', { code: 429 }, '{"code":429}'],
    ['an object whose message is none', { message: { a: 1 } }, '{"message":{"a":1}}'],
    ['a number', 429, '429'],
    ['null', null, 'null'],
    ['no text', '', 'The server failed without giving a reason. Its log may say more.'],
  ])('makes a sentence of %s', (_, error, text) => {
    expect(describeError(error)).toBe(text);
  });
});

describe('excerpt', () => {
  it('gives a text of the length that is asked for as it is, and a longer one cut', () => {
    expect(excerpt('abc', 3)).toBe('abc');
    expect(excerpt('abcd', 3)).toBe('abc…');
  });
});
