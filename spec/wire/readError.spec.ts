import { describe, expect, it } from '@jest/globals';
import { OllamaError, type OllamaErrorCode } from '../../lib/errors.js';
import { readError } from '../../lib/wire/readError.js';

const partial = { role: 'assistant', content: 'Hel' } as const;
const call = { function: { name: 'add', arguments: { a: 1 } } };
const NO_CALL = { function: { name: '', arguments: {} } };

/** What each error has besides its message, as it is sent. */
const FIELDS: Readonly<Record<OllamaErrorCode, object>> = {
  connection: {},
  http: {
    status: 503,
    body: 'busy',
    url: '/api/chat',
    headers: { a: 'b' },
    retryAfter: 1500,
    type: 't',
  },
  stream: { detail: { error: 'x' }, type: 'quota' },
  truncated: {},
  protocol: { line: '{' },
  timeout: { kind: 'idle' },
  tool: { call },
  validation: { issues: [{ message: 'no', path: ['a'] }, { message: 'yes' }], text: '{}' },
};
const codes = Object.keys(FIELDS) as OllamaErrorCode[];

describe('readError', () => {
  it.each(codes)('makes an error of its class of %s, with all its fields', (code) => {
    const error = readError({ code, message: 'No.', ...FIELDS[code] }, partial);
    expect(error).toBeInstanceOf(OllamaError);
    expect(error).toMatchObject({ code, message: 'No.', partial, ...FIELDS[code] });
  });

  it.each(codes)('has defaults for what %s lacks', (code) => {
    const error = readError({ code }, undefined);
    expect(error).toMatchObject({ code, message: '' });
    expect(error?.partial).toBeUndefined();
  });

  it.each<[OllamaErrorCode, string, unknown, unknown]>([
    ['http', 'status', undefined, 0],
    ['http', 'status', '503', 0],
    ['http', 'status', -1, 0],
    ['http', 'status', NaN, 0],
    ['http', 'retryAfter', 0, 0],
    ['http', 'retryAfter', -1, undefined],
    ['http', 'retryAfter', Infinity, undefined],
    ['http', 'retryAfter', '1', undefined],
    ['http', 'body', 5, ''],
    ['http', 'url', {}, undefined],
    ['http', 'type', [], undefined],
    ['http', 'headers', undefined, {}],
    ['http', 'headers', 'a', {}],
    ['http', 'headers', ['a'], {}],
    ['http', 'headers', { a: 'b', c: 5, d: null }, { a: 'b' }],
    ['stream', 'detail', 'a', {}],
    ['stream', 'detail', [5], {}],
    ['stream', 'type', 5, undefined],
    ['protocol', 'line', 5, ''],
    ['timeout', 'kind', 'firstChunk', 'firstChunk'],
    ['timeout', 'kind', 'idle', 'idle'],
    ['timeout', 'kind', 'tool', 'tool'],
    ['timeout', 'kind', 'total', 'total'],
    ['timeout', 'kind', 'another', 'total'],
    ['timeout', 'kind', undefined, 'total'],
    ['tool', 'call', undefined, NO_CALL],
    ['tool', 'call', 'a', NO_CALL],
    ['tool', 'call', {}, NO_CALL],
    ['tool', 'call', { function: 'a' }, NO_CALL],
    ['tool', 'call', { function: { name: 5, arguments: {} } }, NO_CALL],
    ['tool', 'call', { function: { name: 'a', arguments: 'b' } }, NO_CALL],
    ['validation', 'issues', undefined, []],
    ['validation', 'issues', 'a', []],
    ['validation', 'issues', [5, null, {}, { message: 5 }, { message: 'a', path: 'b' }], []],
    ['validation', 'issues', [{ message: 'a' }, { message: 5 }], [{ message: 'a' }]],
    ['validation', 'text', 5, ''],
  ])('reads of %s the %s %j', (code, field, sent, expected) => {
    const error = readError({ code, message: '', [field]: sent }, undefined);
    expect(error?.code).toBe(code);
    expect(Reflect.get(Object(error), field)).toEqual(expected);
  });

  it.each([undefined, null, 5, '', 'internal', 'toString', '__proto__', 'constructor', ['http']])(
    'makes none for the code %j',
    (code) => {
      expect(readError({ code, message: 'No.' }, undefined)).toBeUndefined();
    },
  );
});
