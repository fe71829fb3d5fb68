import { describe, expect, it, jest } from '@jest/globals';
import {
  OllamaConnectionError,
  OllamaError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  OllamaValidationError,
  isOllamaError,
  type OllamaErrors,
} from '../lib/errors.js';
import type { AssistantMessage } from '../lib/types/index.js';

const partial: AssistantMessage = { role: 'assistant', content: 'so far' };
const cause = new TypeError('fetch failed');
const call = { function: { name: 'add', arguments: {} } };

const errors: OllamaErrors = {
  connection: new OllamaConnectionError('text', { cause, partial }),
  http: new OllamaHttpError('text', 404, '{"error":"text"}'),
  stream: new OllamaStreamError('text', { error: 'text' }, partial),
  truncated: new OllamaTruncatedError('text', { partial }),
  protocol: new OllamaProtocolError('text', '{', { cause, partial }),
  timeout: new OllamaTimeoutError('text', 'idle', { partial }),
  tool: new OllamaToolError('text', call, { cause, partial }),
  validation: new OllamaValidationError('text', [{ message: 'no' }], '{}', { cause, partial }),
};
const each = Object.entries(errors) as [keyof OllamaErrors, OllamaError][];

describe('an OllamaError', () => {
  it.each(each)('of the kind %s is an Error named after its class', (code, error) => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(OllamaError);
    expect(error.code).toBe(code);
    expect(error.name).toBe(error.constructor.name);
    expect(String(error)).toBe(`${error.name}: text`);
    expect(error.stack).toContain(`spec`);
  });

  it('has the fields of its kind', () => {
    expect(errors.connection).toMatchObject({ cause, partial });
    expect(errors.http).toMatchObject({ status: 404, body: '{"error":"text"}' });
    expect(errors.stream).toMatchObject({ detail: { error: 'text' }, partial });
    expect(errors.protocol).toMatchObject({ line: '{', cause, partial });
    expect(errors.timeout).toMatchObject({ kind: 'idle', partial });
    expect(errors.tool).toMatchObject({ call, cause, partial });
    expect(errors.validation).toMatchObject({ issues: [{ message: 'no' }], text: '{}' });
  });

  it('has no fields that say nothing', () => {
    const error = new OllamaTruncatedError('text', { cause: undefined, partial: undefined });
    expect('cause' in error).toBe(false);
    expect('partial' in error).toBe(false);
  });
});

describe('isOllamaError', () => {
  it.each(each)('knows the kind %s', (code, error) => {
    expect(isOllamaError(error)).toBe(true);
    for (const [other] of each) expect(isOllamaError(error, other)).toBe(other === code);
  });

  it.each([undefined, null, 'connection', 1, {}, { code: 'connection' }, cause])(
    'is false for %p',
    (value) => {
      expect(isOllamaError(value)).toBe(false);
      expect(isOllamaError(value, 'connection')).toBe(false);
    },
  );

  it('gives the fields of the kind to the compiler', () => {
    const error: unknown = errors.http;
    if (!isOllamaError(error, 'http')) throw new Error('it is one');
    expect(error.status satisfies number).toBe(404);
  });

  it('knows the errors of another copy of the library, which instanceof does not', async () => {
    let copy: typeof import('../lib/errors.js') | undefined;
    await jest.isolateModulesAsync(async () => {
      copy = await import('../lib/errors.js');
    });
    if (!copy) throw new Error('no copy');
    const error = new copy.OllamaHttpError('text', 404, '');
    expect(error).not.toBeInstanceOf(OllamaError);
    expect(isOllamaError(error)).toBe(true);
    expect(isOllamaError(error, 'http')).toBe(true);
    expect(isOllamaError(error, 'stream')).toBe(false);
    expect(copy.isOllamaError(errors.stream, 'stream')).toBe(true);
  });
});
