import { describe, expect, it } from '@jest/globals';
import { isOllamaError } from '../../lib/errors.js';
import { toNetworkError } from '../../lib/transport/httpErrors.js';
import type { AssistantMessage } from '../../lib/types/index.js';

describe('toNetworkError', () => {
  const wrap = (cause: unknown) => new TypeError('fetch failed', { cause });

  it.each([
    ['what lies under it', wrap(new Error('other side closed')), 'other side closed'],
    [
      'a code where there are no words',
      wrap(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })),
      'ECONNREFUSED',
    ],
    ['its own words', new TypeError('Failed to fetch'), 'Failed to fetch'],
    ['a text', 'no', 'no'],
    ['nothing at all', undefined, 'undefined'],
  ])('says of an error %s', (_, error, text) => {
    const { message } = toNetworkError(error, 'It broke', 'Mend it.');
    expect(message).toBe(`It broke: ${text}. Mend it.`);
  });

  it('is a broken connection, with the very error and the message so far', () => {
    const cause = new TypeError('fetch failed');
    const partial: AssistantMessage = { role: 'assistant', content: 'Hel' };
    const error = toNetworkError(cause, 'It broke', 'Mend it.', partial);
    expect(isOllamaError(error, 'connection')).toBe(true);
    expect(error.cause).toBe(cause);
    expect(error.partial).toBe(partial);
  });

  it.each([
    ['UND_ERR_HEADERS_TIMEOUT', 'firstChunk'],
    ['UND_ERR_BODY_TIMEOUT', 'idle'],
  ] as const)("knows Node's own limit %s", (code, kind) => {
    const cause = Object.assign(new Error('Timeout Error'), { code });
    const error = toNetworkError(new TypeError('failed', { cause }), 'It broke', 'Mend it.');
    expect(isOllamaError(error, 'timeout') && error.kind).toBe(kind);
    expect(error.message).toMatch(/^It broke: Timeout Error\. It is Node's fetch/);
  });
});
