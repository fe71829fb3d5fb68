import { describe, expect, it } from '@jest/globals';
import { isTransient, readRetryAfter } from '../../lib/core/transient.js';
import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  OllamaValidationError,
} from '../../lib/errors.js';

const http = (status: number, text = 'no', retryAfter?: number) =>
  new OllamaHttpError(`HTTP ${String(status)}: ${text}`, status, '', { retryAfter });
const stream = (text: string) => new OllamaStreamError(text, { error: text });
const refused = (cause?: unknown) => new OllamaConnectionError("can't be reached", { cause });
const coded = (code: string, message = code) => Object.assign(new TypeError(message), { code });

/** Words of a real server for a process that stopped or is not ready, each told with 500 and in a line. */
const RUNNER_WORDS = [
  'model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details',
  'llama-server process has terminated: signal: killed',
  'llama runner process has terminated: exit status 2',
  'llama runner process no longer running: -1',
  'an error was encountered while running the model: unexpected EOF',
  'llm server loading model',
];
const OTHER_WORDS = [
  'boom',
  'unable to load model: /root/.ollama/models/blobs/sha256-1',
  'error loading model architecture: unknown model architecture',
  'option "num_ctx" must be of type integer',
];

describe('isTransient', () => {
  const circular = refused();
  Object.assign(circular, { cause: circular });

  it.each<[string, unknown, boolean]>([
    ['a refused connection', refused(coded('ECONNREFUSED')), true],
    ['a broken connection', refused(coded('ECONNRESET')), true],
    ['a connection error without a cause', refused(), true],
    ['a connection error that is its own cause', circular, true],
    ['a malformed address', refused(coded('ERR_INVALID_URL', 'Invalid URL')), false],
    [
      'a malformed address below',
      refused(new TypeError('fetch failed', { cause: coded('ERR_INVALID_URL') })),
      false,
    ],
    [
      "a malformed address in Chrome's words",
      refused(new TypeError("Failed to construct 'URL': Invalid URL")),
      false,
    ],
    [
      "a malformed address in Firefox's words",
      refused(new TypeError('Window.fetch: http://[ is not a valid URL.')),
      false,
    ],
    [
      'a scheme that fetch lacks',
      refused(new TypeError('fetch failed', { cause: new Error('unknown scheme') })),
      false,
    ],
    ...[429, 502, 503, 504, 524].map((status): [string, unknown, boolean] => [
      `HTTP ${String(status)}`,
      http(status),
      true,
    ]),
    ...[0, 301, 308, 400, 401, 403, 404, 405, 413, 500, 501, 505, 520].map(
      (status): [string, unknown, boolean] => [`HTTP ${String(status)}`, http(status), false],
    ),
    ...RUNNER_WORDS.flatMap((words): [string, unknown, boolean][] => [
      [`HTTP 500 with "${words}"`, http(500, words), true],
      [`HTTP 400 with "${words}"`, http(400, words), false],
      [`a line with "${words}"`, stream(words), true],
    ]),
    ...OTHER_WORDS.flatMap((words): [string, unknown, boolean][] => [
      [`HTTP 500 with "${words}"`, http(500, words), false],
      [`a line with "${words}"`, stream(words), false],
    ]),
    ['a server that asks for a wait of ten minutes', http(429, 'no', 600_000), true],
    ['a server that asks for a longer wait', http(429, 'spent', 600_001), false],
    ['a server that asks for a wait for ever', http(503, 'no', Infinity), false],
    ['a malformed line', new OllamaProtocolError('unexpected EOF', ''), false],
    ['a timeout', new OllamaTimeoutError('loading model', 'idle'), false],
    [
      'a tool that failed',
      new OllamaToolError('loading model', { function: { name: 'a', arguments: {} } }),
      false,
    ],
    ['a wrong value', new OllamaValidationError('loading model'), false],
    ['an error of another kind', new TypeError('fetch failed'), false],
    ['an error with a code like ours', Object.assign(new Error(), { code: 'connection' }), false],
    ['no error at all', undefined, false],
  ])('%s', (_, error, expected) => {
    expect(isTransient(error, false)).toBe(expected);
    expect(isTransient(error, true)).toBe(expected);
  });

  it.each([
    ['fifth', 4, false],
    ['sixth', 5, true],
  ])('a malformed address as the %s cause', (_, depth, expected) => {
    let cause: unknown = coded('ERR_INVALID_URL');
    for (let at = 0; at < depth; at++) cause = new TypeError('fetch failed', { cause });
    expect(isTransient(refused(cause), true)).toBe(expected);
  });

  it('an answer without its end, only where an answer can be requested again', () => {
    const error = new OllamaTruncatedError('llm server loading model');
    expect(isTransient(error, false)).toBe(false);
    expect(isTransient(error, true)).toBe(true);
  });
});

describe('readRetryAfter', () => {
  it.each<[unknown, number]>([
    [http(429, 'no', 1500), 1500],
    [http(503, 'no', 0), 0],
    [http(503), 0],
    [http(503, 'no', NaN), 0],
    [http(503, 'no', -5), 0],
    [http(429, 'no', 600_001), 600_000],
    [http(429, 'no', Infinity), 600_000],
    [refused(), 0],
    [Object.assign(new Error(), { retryAfter: 5 }), 0],
    [undefined, 0],
  ])('of %p is %d', (error, expected) => {
    expect(readRetryAfter(error)).toBe(expected);
  });
});
