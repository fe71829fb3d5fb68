import { describe, expect, it, jest } from '@jest/globals';
import { OllamaHttpError } from '../../lib/errors.js';
import { readHttpError } from '../../lib/transport/httpErrors.js';

const read = (body: BodyInit | null, init: ResponseInit = { status: 500 }) => {
  const response = new Response(body, init);
  return readHttpError(response, response.body?.getReader());
};

const HINT = "Is the host an Ollama server's own API, and nothing in between rewriting it?";

describe('readHttpError', () => {
  it('has the status, the body and the words of the server', async () => {
    const body = '{"error":"model \\"x\\" not found, try pulling it first"}';
    const error = await read(body, { status: 404, statusText: 'Not Found' });
    expect(error).toBeInstanceOf(OllamaHttpError);
    expect(error).toMatchObject({
      code: 'http',
      message: 'HTTP 404: model "x" not found, try pulling it first',
      status: 404,
      body,
    });
    expect('partial' in error).toBe(false);
  });

  const text = 'x'.repeat(500);
  it.each([
    ['an object as error', '{"error":{"message":"slow down"}}', 'slow down'],
    [
      'an error without words',
      '{"error":""}',
      'The server failed without giving a reason. Its log',
    ],
    ['JSON of another kind', '{"detail":"Unauthorized"}', '{"detail":"Unauthorized"}'],
    ['JSON that is no object', 'null', 'null'],
    ['a text', ' upstream connect error\n', 'upstream connect error'],
    ['a text of 500 characters', text, text],
  ])('says what the server says: %s', async (_, body, message) => {
    const error = await read(body, { status: 500, statusText: 'Internal Server Error' });
    expect(error.message.startsWith(`HTTP 500: ${message}`)).toBe(true);
    expect(error.message).not.toContain(HINT);
    expect(error.body).toBe(body);
  });

  it.each([
    ['a web page', '<!doctype html>\n<h1>502 Bad Gateway</h1>'],
    ['no body', null],
    ['a long text', `${text}.`],
  ])('says what the status means and what to look at instead of %s', async (_, body) => {
    const error = await read(body, { status: 502, statusText: 'Bad Gateway' });
    expect(error.message).toBe(`HTTP 502: Bad Gateway. ${HINT}`);
    expect(error.body).toBe(body ?? '');
  });

  it('says so if there is nothing to say, as over HTTP/2', async () => {
    expect((await read('')).message).toBe(`HTTP 500: no reason given. ${HINT}`);
  });

  it('does not wait for the end of a body that has none', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const error = read(
      new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('busy'));
        },
      }),
    );
    await jest.advanceTimersByTimeAsync(1000);
    expect(await error).toMatchObject({ message: 'HTTP 500: busy', body: 'busy' });
    expect(jest.getTimerCount()).toBe(0);
  });
});
