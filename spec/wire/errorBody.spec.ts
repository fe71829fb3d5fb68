import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readErrorBody } from '../../lib/wire/errorBody.js';

const NO_REASON = 'The server failed without giving a reason. Its log may say more.';
const deep = (depth: number): unknown =>
  JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;
const deepError = (depth: number): unknown =>
  JSON.parse('{"error":'.repeat(depth) + '1' + '}'.repeat(depth)) as unknown;
const numbers = Array.from({ length: 9 }, (_, n) => String(n));

const context = {
  code: 400,
  message: 'request (3010 tokens) exceeds the available context size (256 tokens)',
  type: 'exceed_context_size_error',
  n_prompt_tokens: 3010,
};

describe('readErrorBody', () => {
  it.each([
    ['a text', { error: 'model runner has crashed' }, 'model runner has crashed'],
    ['an object with a message', { error: { code: 429, message: 'slow down' } }, 'slow down'],
    ['any other object', { error: { code: 429, status: 'busy' } }, 'code: 429, status: busy'],
    ['an object whose message is none', { error: { message: { a: 1 } } }, 'a: 1'],
    ['a number', { error: 429 }, '429'],
    ['null', { error: null }, NO_REASON],
    ['no text', { error: '' }, NO_REASON],
    ['an object without fields', { error: {} }, NO_REASON],
    ['true, beside a message', { error: true, message: 'slow down' }, 'slow down'],
    [
      'a stub of a remote model',
      { StatusCode: 429, Status: '429', error: 'slow down' },
      'slow down',
    ],
    [
      'a stub without words',
      { StatusCode: 502, Status: '502 Bad Gateway', error: '' },
      '502 Bad Gateway',
    ],
    ['detail in place of error', { detail: 'Model not found' }, 'Model not found'],
    [
      'a list of details',
      { detail: [{ loc: ['body', 'model'], msg: 'field required', type: 'missing' }, 'and more'] },
      'body.model: field required; and more',
    ],
    ['a list with nothing in between', { detail: ['a', '', null, {}, 'b'] }, 'a; b'],
    ['details without a place', { detail: [{ msg: 'a' }, { msg: 'b', loc: 'body' }] }, 'a; b'],
    ['a deep place', { detail: [{ loc: numbers, msg: 'a' }] }, '0.1.2.3.4: a'],
    ['a place in an object', { detail: [{ loc: ['body', {}, 0], msg: 'a' }] }, 'body.0: a'],
    [
      'many fields',
      { error: Object.assign({}, numbers) as object },
      '0: 0, 1: 1, 2: 2, 3: 3, 4: 4',
    ],
    ['a message in place of error', { message: 'Forbidden' }, 'Forbidden'],
    ['a text of digits', { error: '1e3' }, '1e3'],
    ['a quoted brace', { error: '"{"' }, '"{"'],
    ['braces that are not JSON', { error: '{not JSON}' }, '{not JSON}'],
  ])('gives the words of %s', (_, body, message) => {
    expect(readErrorBody(body)).toEqual({ message });
  });

  it.each([
    ['an object', { error: context }],
    ['a text', { error: JSON.stringify(context) }],
    ['an error in a text', { error: JSON.stringify({ error: context }) }],
    ['an error in a text in an error', { error: { message: JSON.stringify({ error: context }) } }],
    ['a detail', { detail: ` ${JSON.stringify({ error: JSON.stringify({ error: context }) })}` }],
  ])('unwraps the JSON in %s', (_, body) => {
    expect(readErrorBody(body)).toEqual({ message: context.message, type: context.type });
  });

  it('takes the type from where the words are, and a code that is a text for one', () => {
    expect(
      readErrorBody({ type: 'error', error: { type: 'overloaded', message: 'Busy' } }),
    ).toEqual({ message: 'Busy', type: 'overloaded' });
    expect(readErrorBody({ error: { type: null, code: 'rate_limit', message: 'Busy' } })).toEqual({
      message: 'Busy',
      type: 'rate_limit',
    });
  });

  it('unwraps ten errors in one another, and no more', () => {
    expect(readErrorBody(deepError(10))).toEqual({ message: '1' });
    expect(readErrorBody(deepError(11))).toEqual({ message: NO_REASON });
  });

  it('says where to sign in', () => {
    const signinUrl = 'https://ollama.com/connect?name=x';
    expect(readErrorBody({ error: 'unauthorized', signin_url: signinUrl })).toEqual({
      message: `unauthorized. Sign in at ${signinUrl}`,
      signinUrl,
    });
    expect(readErrorBody({ error: { message: 'Sign in first.', signin_url: signinUrl } })).toEqual({
      message: `Sign in first. Sign in at ${signinUrl}`,
      signinUrl,
    });
    expect(readErrorBody({ error: 'unauthorized', signin_url: 5 })).toEqual({
      message: 'unauthorized',
    });
  });

  it.each([
    ['null', null],
    ['a text', 'error'],
    ['a list', [{ error: 'x' }]],
    ['an object without any of the fields', { status: 'success' }],
    ['a chunk', { message: { content: 'Hi' }, done: false }],
  ])('takes %s for no error', (_, body) => {
    expect(readErrorBody(body)).toBeUndefined();
  });

  it.each([
    ['a deep list', { error: deep(100_000) }],
    ['a deep list in a list', { detail: [deep(5000), { loc: [deep(5000)], msg: deep(5000) }] }],
    ['a deep list in a text', { error: '['.repeat(100_000) + ']'.repeat(100_000) }],
    ['errors in errors', { error: deepError(100_000) }],
    ['a wide list', { detail: Array<string>(1_000_000).fill('x'.repeat(1000)) }],
    ['a long text', { error: 'x'.repeat(1_000_000) }],
    ['long fields', { error: { ['k'.repeat(1e6)]: 'v'.repeat(1e6), code: 'c'.repeat(1e6) } }],
    ['a long address', { error: 'x', signin_url: 'u'.repeat(1_000_000) }],
  ])('stays short for %s', (_, body) => {
    const { message, type = '', signinUrl = '' } = readErrorBody(body) ?? {};
    expect(message?.length).toBeGreaterThan(0);
    expect([message, type, signinUrl].join('').length).toBeLessThan(2500);
  });

  it('gives words, whatever the error is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('error', 'detail'), (value, key) => {
        const error = readErrorBody({ [key]: value });
        expect(error?.message).toMatch(/./s);
      }),
    );
  });
});
