import { describe, expect, it } from '@jest/globals';
import { OllamaProtocolError, OllamaStreamError } from '../../lib/errors.js';
import { formatEventId, fromPublicError, readEventId } from '../../lib/wire/chatEvents.js';

describe('readEventId', () => {
  it.each([
    ['1-0', 1, 0],
    ['1-12', 1, 12],
    ['12-345', 12, 345],
    ['9999999999-9999999999', 9_999_999_999, 9_999_999_999],
  ])('reads %s', (id, attempt, seq) => {
    expect(readEventId(id)).toEqual({ attempt, seq });
    expect(formatEventId({ attempt, seq })).toBe(id);
  });

  it.each([
    ...[
      '',
      '1',
      '-',
      '1-',
      '-1',
      '1-1-1',
      'x1-1',
      ' 1-1',
      '1-1x',
      '1-1\n',
      '+1-1',
      '1.0-1',
      '1-1e3',
    ],
    ...['12345678901-1', '1-12345678901', '٣-١', '0x1-1', '$', '*'],
  ])('finds no id in %j', (id) => {
    expect(readEventId(id)).toBeUndefined();
  });
});

describe('fromPublicError', () => {
  const partial = { role: 'assistant', content: 'Hel' } as const;

  it('makes an error of the class of its code, with what was sent as its cause', () => {
    const sent = { code: 'protocol', message: 'No.', line: 'x' };
    const error = fromPublicError(sent, partial);
    expect(error).toBeInstanceOf(OllamaProtocolError);
    expect(error).toMatchObject({ message: 'No.', line: 'x', partial });
    expect(error.cause).toBe(sent);
    expect(Object.keys(error)).not.toContain('cause');
    error.cause = 'another';
    expect(error.cause).toBe('another');
    expect(delete error.cause).toBe(true);
  });

  it('makes the code of no class the type of a stream error', () => {
    const error = fromPublicError({ code: 'quota', message: 'Enough.' }, partial);
    expect(error).toBeInstanceOf(OllamaStreamError);
    expect(error).toMatchObject({ type: 'quota', message: 'Enough.', partial });
  });

  it('asks for an error for the code of no class', () => {
    const given: unknown[] = [];
    const other = new OllamaProtocolError('Another.');
    const sent = { code: 'quota', message: 'Enough.' };
    const error = fromPublicError(sent, partial, (...all) => {
      given.push(...all);
      return other;
    });
    expect(error).toBe(other);
    expect(given).toEqual(['Enough.', sent, partial]);
  });

  it.each([{}, { message: '' }, { message: 5 }, { message: null }])('has a text for %j', (sent) => {
    expect(fromPublicError(sent).message).toBe('The answer could not be completed.');
  });
});
