import { describe, expect, it } from '@jest/globals';
import { isOllamaError } from '../../lib/errors.js';
import { chunk, chunks } from '../../lib/testing/index.js';

describe('chunk', () => {
  it('makes deltas as they are on the wire', () => {
    expect(chunk.answer('Hel')).toEqual({
      model: 'test',
      created_at: '2026-01-01T00:00:00Z',
      message: { role: 'assistant', content: 'Hel' },
      done: false,
    });
    expect(chunk.thinking('hm').message).toEqual({
      role: 'assistant',
      content: '',
      thinking: 'hm',
    });
  });

  it('makes a tool call with an id or, as old servers do, without', () => {
    expect(chunk.toolCall('add', { x: 1 }, 'call_7').message.tool_calls).toEqual([
      { id: 'call_7', function: { index: 0, name: 'add', arguments: { x: 1 } } },
    ]);
    expect(chunk.toolCall('now').message.tool_calls).toEqual([
      { function: { name: 'now', arguments: {} } },
    ]);
  });

  it('makes a final chunk whose total adds up', () => {
    expect(chunk.done()).toMatchObject({
      done: true,
      done_reason: 'stop',
      eval_count: 100,
      total_duration: 3.3e9,
    });
    expect(chunk.done({ reason: 'length', evalCount: 7, evalDuration: 1e9 })).toMatchObject({
      done_reason: 'length',
      eval_count: 7,
      total_duration: 2.3e9,
    });
  });

  it('makes the error that an error line stands for', () => {
    const error = chunk.error('boom');
    expect(isOllamaError(error, 'stream')).toBe(true);
    expect(error.message).toBe('boom');
    expect(error.detail).toEqual({ error: 'boom' });
  });
});

describe('chunks', () => {
  const text = '  Hello, brave new 👩‍👩‍👧 world!\n ';

  it.each(['token', 'word', 'character'] as const)('loses nothing, cut by %s', (by) => {
    const contents = chunks(text, { by }).map(({ message }) => message.content);
    expect(contents.join('')).toBe(text);
    expect(contents).not.toContain('');
  });

  it('cuts into pieces of about a token unless told otherwise', () => {
    expect(chunks('Hello world').map(({ message }) => message.content)).toEqual([
      'Hell',
      'o',
      ' worl',
      'd',
    ]);
  });

  it('makes no chunk of no text', () => {
    expect(chunks('')).toEqual([]);
  });
});
