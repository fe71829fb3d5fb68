import { inspect, types } from 'node:util';
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
  withHistory,
  type OllamaErrors,
} from '../lib/errors.js';
import type { AssistantMessage, Message } from '../lib/types/index.js';

const partial: AssistantMessage = { role: 'assistant', content: 'so far' };
const cause = new TypeError('fetch failed');
const call = { function: { name: 'add', arguments: {} } };
const response = {
  url: 'http://127.0.0.1:11434/api/chat',
  headers: { 'retry-after': '1' },
  retryAfter: 1000,
  type: 'busy',
};

const errors: OllamaErrors = {
  connection: new OllamaConnectionError('text', { cause, partial }),
  http: new OllamaHttpError('text', 404, '{"error":"text"}', response),
  stream: new OllamaStreamError('text', { error: 'text' }, partial, { type: 'busy' }),
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
    expect(errors.http).toMatchObject({ status: 404, body: '{"error":"text"}', ...response });
    expect(errors.stream).toMatchObject({ detail: { error: 'text' }, type: 'busy', partial });
    expect(errors.protocol).toMatchObject({ line: '{', cause, partial });
    expect(errors.timeout).toMatchObject({ kind: 'idle', partial });
    expect(errors.tool).toMatchObject({ call, cause, partial });
    expect(errors.validation).toMatchObject({ issues: [{ message: 'no' }], text: '{}' });
  });

  it('has no fields that say nothing', () => {
    const nothing = { cause: undefined, partial: undefined, type: undefined };
    const http = { ...nothing, url: undefined, headers: undefined, retryAfter: undefined };
    for (const error of [
      new OllamaTruncatedError('text', nothing),
      new OllamaHttpError('text', 500, undefined, http),
      new OllamaStreamError('text', undefined, undefined, nothing),
    ]) {
      for (const field of ['cause', 'partial', 'type', 'url', 'retryAfter', 'history']) {
        expect(field in error).toBe(false);
      }
    }
  });

  it('can be made for a test from its message, and a status, kind or call', () => {
    expect(new OllamaConnectionError('text')).toMatchObject({ message: 'text' });
    expect(new OllamaHttpError('text', 404)).toMatchObject({ status: 404, body: '', headers: {} });
    expect(new OllamaStreamError('text')).toMatchObject({ detail: {} });
    expect(new OllamaTruncatedError('text')).toMatchObject({ message: 'text' });
    expect(new OllamaProtocolError('text')).toMatchObject({ line: '' });
    expect(new OllamaTimeoutError('text', 'tool')).toMatchObject({ kind: 'tool' });
    expect(new OllamaToolError('text', call)).toMatchObject({ call });
    expect(new OllamaValidationError('text')).toMatchObject({ issues: [], text: '' });
  });

  it.each(each)('of the kind %s is name, code and message as JSON', (code, error) => {
    const json = { name: error.name, code, message: 'text' };
    expect(error.toJSON()).toEqual(json);
    expect(JSON.parse(JSON.stringify({ error }))).toEqual({ error: json });
    expect(JSON.parse(JSON.stringify(withHistory(error, [partial])))).toEqual(json);
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
    const error = new copy.OllamaHttpError('text', 404);
    for (const one of [error, withHistory(error, [])]) {
      expect(one).not.toBeInstanceOf(OllamaError);
      expect(isOllamaError(one)).toBe(true);
      expect(isOllamaError(one, 'http')).toBe(true);
      expect(isOllamaError(one, 'stream')).toBe(false);
    }
    expect(copy.isOllamaError(errors.stream, 'stream')).toBe(true);
  });
});

describe('withHistory', () => {
  const history: readonly Message[] = [{ role: 'user', content: 'Hi' }];
  /** What a consumer can see of an error, hidden fields too. */
  const show = (error: Error) => inspect(error, { depth: 10, showHidden: true });

  it.each(each)('gives the same error of the kind %s, with a history', (code, error) => {
    const before = show(error);
    const copy = withHistory(error, history);
    expect(copy).not.toBe(error);
    expect(copy.history).toBe(history);
    expect(show(error)).toBe(before);
    expect('history' in error).toBe(false);

    expect(copy).toBeInstanceOf(error.constructor);
    expect(types.isNativeError(copy)).toBe(true);
    expect(isOllamaError(copy, code)).toBe(true);
    expect(copy.cause).toBe(error.cause);
    expect(copy.stack).toBe(error.stack);
    const { history: added, ...fields } = Object.getOwnPropertyDescriptors<object>(copy) as Record<
      string,
      PropertyDescriptor
    >;
    expect(added?.value).toBe(history);
    expect(fields).toEqual(Object.getOwnPropertyDescriptors(error));
  });

  it('takes an error that is frozen, and one that fails in two runs', () => {
    const error = Object.freeze(new OllamaStreamError('text'));
    const [first, second] = [history, []].map((each) => withHistory(error, each));
    expect(first?.history).toEqual(history);
    expect(second?.history).toEqual([]);
  });

  it('replaces the history of a run inside a run', () => {
    const inner = withHistory(errors.stream, []);
    expect(withHistory(inner, history).history).toBe(history);
    expect(inner.history).toEqual([]);
  });

  it('keeps the class and the fields of a class derived from one', () => {
    class QuotaError extends OllamaHttpError {
      readonly quota = 5;
    }
    const copy = withHistory(new QuotaError('text', 429), history);
    expect(copy).toBeInstanceOf(QuotaError);
    expect(copy).toMatchObject({ quota: 5, status: 429, history });
  });

  it('keeps the stack where it is an accessor', () => {
    const error = new OllamaTruncatedError('text');
    Object.defineProperty(error, 'stack', {
      get() {
        return this === error ? 'of the error' : 'of another';
      },
    });
    expect(withHistory(error, history).stack).toBe('of the error');
  });
});
