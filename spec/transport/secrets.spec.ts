import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import {
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
} from '../../lib/errors.js';
import {
  createRedact,
  hideUrls,
  readSecrets,
  redactError,
  showUrl,
  takeUserInfo,
  toCause,
} from '../../lib/transport/secrets.js';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('takeUserInfo', () => {
  it.each([
    ['http://user:pass@gpu:80/api/chat', 'http://gpu/api/chat', basic('user:pass')],
    ['https://%E2%82%AC:@gpu/', 'https://gpu/', basic('€:')],
    ['http://a:%@gpu/', 'http://gpu/', basic('a:%')],
  ])('makes a header of %s', (address, url, authorization) => {
    expect(takeUserInfo(address)).toEqual({ url, authorization });
  });

  it.each(['http://gpu/api/chat', '/api/chat', 'http://gpu/a@b'])('leaves %s alone', (url) => {
    expect(takeUserInfo(url)).toEqual({ url });
  });
});

describe('showUrl', () => {
  it.each([
    ['http://user:pass@gpu:1/api/chat?key=x#y', 'http://gpu:1/api/chat'],
    ['http://gpu/', 'http://gpu'],
    ['/api/chat?key=x', '/api/chat'],
    ['', ''],
    [undefined, ''],
  ])('shows %s as %s', (address, shown) => {
    expect(showUrl(address)).toBe(shown);
  });
});

describe('hideUrls', () => {
  it.each([
    ['to http://a:b@gpu/x?key=y failed', 'to http://gpu/x failed'],
    ['"http://gpu/x?a=b&c=d" and https://:p@x', '"http://gpu/x" and https://x'],
    ["http://user:it's@gpu", 'http://gpu'],
    ['is it a@b? yes', 'is it a@b? yes'],
  ])('turns %s into %s', (text, shown) => {
    expect(hideUrls(text)).toBe(shown);
  });
});

describe('readSecrets', () => {
  it.each([
    [{ Authorization: 'Bearer sk-1234' }, ['Bearer sk-1234', 'sk-1234']],
    [{ Authorization: basic('me:pass') }, ['me:pass', 'pass']],
    [{ Authorization: basic('token1') }, ['token1']],
    [{ 'Proxy-Authorization': 'Basic %' }, ['Basic %']],
    [{ Cookie: 'theme=dark; id="a1b2"' }, ['theme', 'dark', 'a1b2']],
    [{ 'X-Api-Key': 'abcd' }, ['abcd']],
    [{ 'X-Api-Key': 'mytoken' }, ['mytoken']],
    [{ Authorization: basic('me:pass').replace(' ', '  ') }, ['me:pass', 'pass']],
    [{ 'X-Internal': 'a long value' }, ['a long value']],
    [{ 'X-Internal': 'first value\r\nother value' }, ['first value', 'other value']],
    [{ 'X-Accept': 'a long value' }, ['a long value']],
    [{ 'Accept-Internal': 'a long value' }, ['a long value']],
  ])('knows of %j', (headers, secrets) => {
    expect(readSecrets(headers)).toEqual(expect.arrayContaining(secrets));
  });

  it.each([
    [{ 'Proxy-Authorization': 'Basic %' }, ['Basic %']],
    [{ 'X-Internal': `no ${basic('me:pass')}` }, [`no ${basic('me:pass')}`]],
  ])('knows nothing else of %j', (headers, secrets) => {
    expect([...new Set(readSecrets(headers))]).toEqual(secrets);
  });

  it.each([
    { 'Content-Type': 'application/json', Accept: 'application/json', 'User-Agent': 'ollama-js' },
    { 'X-Forwarded-Proto': 'https' },
    { 'X-Api-Key': 'abc' },
    {},
  ])('knows nothing of %j', (headers) => {
    expect(readSecrets(headers)).toEqual([]);
  });
});

describe('createRedact', () => {
  it.each([
    ['it', 'a secret1 b secret1', 'a [redacted] b [redacted]'],
    ['it in JSON', JSON.stringify({ 'a"b\\c': 'a"b\\c' }), '{"[redacted]":"[redacted]"}'],
    ['it in a URL', `?key=${encodeURIComponent('a"b\\c')}`, '?key=[redacted]'],
    ['the longer one first', 'secret1234', '[redacted]'],
    [
      'a beginning that an excerpt cut',
      'key: secr… in a line: secret…',
      'key: [redacted]… in a line: [redacted]…',
    ],
    ['a beginning at the end', 'key: secret', 'key: [redacted]'],
    ['no beginning in the middle', 'a secretary', 'a secretary'],
    ['no beginning of three letters', 'sec', 'sec'],
    ['nothing in an empty text', '', ''],
  ])('replaces %s', (_, text, shown) => {
    expect(createRedact(['secret1', 'secret1234', 'a"b\\c'])(text)).toBe(shown);
  });

  it('takes a secret for a text, not for a pattern', () => {
    const redact = createRedact(['.*+?^${}()|[]\\']);
    expect(redact('abc .*+?^${}()|[]\\ abc')).toBe('abc [redacted] abc');
  });

  it('changes nothing without secrets', () => {
    expect(createRedact([])('any…text')).toBe('any…text');
  });
});

describe('toCause', () => {
  const coded = (fields: object, error = new Error('broken')) => Object.assign(error, fields);

  it.each<[string, unknown]>([
    ['an error', new Error('broken')],
    ['an error with a cause', new TypeError('failed', { cause: new RangeError('below') })],
    [
      "a system's error",
      coded({ code: 'ECONNREFUSED', errno: -111, syscall: 'connect', address: '::1', port: 1 }),
    ],
    ['an error of another realm', runInNewContext('new TypeError("failed")')],
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['a text', 'broken'],
  ])('keeps %s', (_, thrown) => {
    expect(toCause(thrown)).toBe(thrown);
  });

  class Custom extends Error {
    override readonly name = 'Custom';
    toJSON() {
      return { secret: 1 };
    }
  }

  it.each<[string, unknown, object]>([
    ['has its request', coded({ request: {} }), { name: 'Error', message: 'broken' }],
    ['has a symbol', coded({ [Symbol('x')]: {} }), { message: 'broken' }],
    ['has a toJSON() of its own', new Custom('broken'), { name: 'Custom', message: 'broken' }],
    [
      'has a URL with a password in it',
      coded({ code: 'E1' }, new TypeError('http://a:b@gpu is down')),
      { name: 'TypeError', message: 'http://gpu is down', code: 'E1' },
    ],
    [
      'has such a cause',
      new TypeError('failed', { cause: coded({ request: {}, code: 'E1' }) }),
      { name: 'TypeError', message: 'failed', cause: { message: 'broken', code: 'E1' } },
    ],
    ['is not an error', { message: 'broken', code: 5, config: {} }, { message: 'broken', code: 5 }],
    ['is not an error, and says nothing', { config: {} }, { name: 'Error', message: '' }],
    ['is a function', Object.assign(() => 1, { config: {} }), { message: '' }],
  ])('copies what %s', (_, thrown, shown) => {
    const before = Object.getOwnPropertyDescriptors(thrown);
    const copy = toCause(thrown) as Error;
    expect(copy).not.toBe(thrown);
    expect(copy).toBeInstanceOf(Error);
    expect(copy).toMatchObject(shown);
    const allowed = ['name', 'message', 'stack', 'code', 'cause'];
    expect(Reflect.ownKeys(copy).filter((key) => !allowed.includes(String(key)))).toEqual([]);
    expect(Object.getOwnPropertyDescriptors(thrown)).toEqual(before);
  });

  it('has the place where the original was thrown', () => {
    const thrown = coded({ request: {} });
    expect((toCause(thrown) as Error).stack).toBe(thrown.stack);
  });

  it('keeps an error whose frames have URLs with queries, as bundlers make them', () => {
    const thrown = new TypeError('Failed to fetch');
    const frame = '    at send (http://localhost:4200/main.ts?v=1a2b:12:5)';
    thrown.stack = `TypeError: Failed to fetch\n${frame}`;
    expect(toCause(thrown)).toBe(thrown);
    thrown.message = 'http://gpu/?key=x failed';
    thrown.stack = `TypeError: ${thrown.message}\n${frame}`;
    expect(toCause(thrown)).toMatchObject({ stack: `TypeError: http://gpu/ failed\n${frame}` });
    thrown.stack = `TypeError: http://a:b@gpu\n${frame}`;
    expect(toCause(thrown)).toMatchObject({ stack: `TypeError: http://gpu\n${frame}` });
  });

  it('ends where an error is its own cause', () => {
    const thrown = coded({ request: {} });
    thrown.cause = thrown;
    let depth = 0;
    for (let next = toCause(thrown); next; next = (next as Error).cause) depth++;
    expect(depth).toBe(5);
  });
});

describe('redactError', () => {
  const redact = createRedact(['secret1']);

  it('cleans all texts of an error, and what it was thrown with', () => {
    const partial = { role: 'assistant', content: 'secret1' } as const;
    const line = new OllamaProtocolError('no: secret1', 'secret1', {
      cause: new SyntaxError('in "secret1"'),
      partial,
    });
    const error = new OllamaTruncatedError('cut: secret1', { cause: line, partial });
    expect(redactError(error, redact)).toBe(error);
    expect(error.message).toBe('cut: [redacted]');
    expect(error.stack).not.toContain('secret1');
    expect(error.cause).toBe(line);
    expect(line).toMatchObject({
      message: 'no: [redacted]',
      line: '[redacted]',
      cause: { name: 'SyntaxError', message: 'in "[redacted]"' },
    });
    // What the model said is the answer, not a text about the error.
    expect(error.partial).toBe(partial);
    expect(partial.content).toBe('secret1');
  });

  it('cleans keys and values at any depth', () => {
    let deep: object = { secret1: ['secret1', { b: 'secret1' }] };
    for (let depth = 0; depth < 20_000; depth++) deep = { deep };
    const error = new OllamaStreamError('no', { deep, number: 1, nothing: null });
    redactError(error, redact);
    let below: unknown = error.detail;
    while ('deep' in (below as object)) below = (below as { deep: unknown }).deep;
    expect(below).toEqual({ '[redacted]': ['[redacted]', { b: '[redacted]' }] });
  });

  it('leaves what this library says itself', () => {
    const error = new OllamaHttpError('http', 500, 'http', { headers: { a: 'http' } });
    redactError(error, createRedact(['http', 'OllamaHttpError']));
    expect(error).toMatchObject({ code: 'http', name: 'OllamaHttpError', status: 500 });
    expect(error).toMatchObject({ message: '[redacted]', body: '[redacted]' });
    expect(error.headers).toEqual({ a: '[redacted]' });
  });

  it('leaves other errors alone', () => {
    const error = new Error('secret1');
    expect(redactError(error, redact)).toBe(error);
    expect(error.message).toBe('secret1');
  });
});

describe('a cause', () => {
  const secret = 'sk-12345';
  const redact = createRedact([secret]);
  const inspect = Symbol.for('nodejs.util.inspect.custom');

  it('is the very error where all of its fields are those of a system', () => {
    const fields = { hostname: 'gpu', errno: -1, syscall: 'getaddrinfo', address: '::1', port: 1 };
    for (const error of [
      Object.assign(new Error('no'), fields),
      Object.assign(new Error('no'), { name: 'Mine' }),
    ]) {
      expect(toCause(error)).toBe(error);
    }
  });

  it('is a copy where only its stack has a secret, and where it shows itself in its own way', () => {
    const error = Object.assign(new Error('no'), { stack: `Error: no\n at ${secret}` });
    expect(toCause(error, redact)).toMatchObject({ stack: 'Error: no\n at [redacted]' });
    class Odd extends Error {
      [inspect](): string {
        return secret;
      }
    }
    const odd = new Odd('no');
    expect(toCause(odd)).not.toBe(odd);
  });

  it('may have a stack and no message', () => {
    expect(toCause({ stack: 'at undefined' })).toMatchObject({ stack: 'at undefined' });
  });

  it('has fields like those of any error', () => {
    const copy = toCause(Object.assign(new Error(secret), { code: 'E1' }), redact) as Error;
    for (const key of ['message', 'code', 'stack']) {
      expect(Object.getOwnPropertyDescriptor(copy, key)).toMatchObject({
        ...{ configurable: true, writable: true, enumerable: false },
      });
    }
    const error = new OllamaTruncatedError('cut', { cause: new Error(secret) });
    redactError(error, redact);
    expect(Object.getOwnPropertyDescriptor(error, 'cause')).toMatchObject({
      ...{ configurable: true, writable: true, enumerable: false },
    });
  });

  it('is none where there was none', () => {
    expect(redactError(new OllamaTruncatedError('cut'), redact)).not.toHaveProperty('cause');
  });

  it('leaves the consumer what is its own', () => {
    const call = { function: { name: 'f', arguments: { key: secret } } };
    const history = [{ role: 'user', content: secret }];
    const error = Object.assign(new OllamaToolError(`no ${secret}`, call), { history });
    const own = structuredClone({ call, history });
    expect(redactError(error, redact)).toMatchObject({ message: 'no [redacted]', ...own });
    const late = new OllamaTimeoutError('firstChunk', 'firstChunk');
    expect(redactError(late, createRedact(['firstChunk']))).toMatchObject({ kind: 'firstChunk' });
  });
});
