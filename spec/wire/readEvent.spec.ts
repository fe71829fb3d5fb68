import { describe, expect, it } from '@jest/globals';
import { OllamaProtocolError, OllamaStreamError } from '../../lib/errors.js';
import { chunk } from '../../lib/testing/index.js';
import { TERMINAL_NAMES, VALUE_NAMES } from '../../lib/wire/chatEvents.js';
import { readEvent } from '../../lib/wire/readEvent.js';

const PARTIAL = { role: 'assistant', content: 'Hel' } as const;
const read = (name: string | undefined, data: unknown) =>
  readEvent(name, typeof data === 'string' ? data : JSON.stringify(data), () => PARTIAL);

const bare = chunk.answer('a');
const inRun = { type: 'chunk', step: 1, chunk: bare };

describe('readEvent', () => {
  it.each<[string | undefined, object]>([
    ['chunk', bare],
    [undefined, bare],
    // A type of the server's own.
    ['chunk', { ...bare, type: 'message' }],
    [undefined, { ...bare, type: 'message' }],
    [undefined, { ...bare, type: 'done' }],
    [undefined, { ...bare, type: 'chunk' }],
    ['chunk', { ...bare, chunk: 5 }],
  ])('reads a chunk: named %p, %j', (name, data) => {
    expect(read(name, data)).toEqual({ kind: 'chunk', value: data });
  });

  it.each<[string | undefined, object]>([
    ['chunk', inRun],
    ['chunk', { step: 1, chunk: bare }],
    [undefined, inRun],
    [undefined, { ...inRun, message: 'a' }],
    [undefined, { ...inRun, done: true }],
    [
      undefined,
      { type: 'tool-denied', step: 1, text: '', call: { id: 'a', function: { name: 'f' } } },
    ],
  ])('reads an event of a run: named %p, %j', (name, data) => {
    expect(read(name, data)).toEqual({ kind: 'run', value: { type: name, ...data } });
  });

  it.each<[object, object?]>([
    [{ type: 'done' }],
    [{ type: 'stopped' }],
    [{ type: 'abandoned' }],
    [{ type: 'failed', code: 'x', message: '' }],
    [{ type: 'closing' }, { type: 'closing', retry: 0 }],
    [
      { type: 'closing', retry: null },
      { type: 'closing', retry: 0 },
    ],
    [{ type: 'closing', retry: 0 }],
    [{ type: 'closing', retry: 1.5 }],
    [{ type: 'gap', first: '1-5' }],
  ])('reads the terminal %j, by its name or its type', (data, expected = data) => {
    const { type, ...rest } = data as { type: string };
    expect(read(undefined, data)).toEqual({ kind: 'terminal', terminal: expected });
    expect(read(type, rest)).toEqual({ kind: 'terminal', terminal: expected });
  });

  it.each<[string, object]>([
    ['failed', {}],
    ['failed', { code: 'x' }],
    ['failed', { message: 'x' }],
    ['failed', { code: 5, message: 'x' }],
    ['failed', { code: 'x', message: 5 }],
    ['closing', { retry: -1 }],
    ['closing', { retry: '5' }],
    ['closing', { retry: {} }],
    ['gap', {}],
    ['gap', { first: 5 }],
    ['gap', { first: '5' }],
    ['tool-call', { step: 1 }],
    ['chunk', { step: 1, chunk: {} }],
  ])('refuses the %s %j, and keeps what had come', (name, data) => {
    for (const given of [() => read(name, data), () => read(undefined, { type: name, ...data })]) {
      expect(given).toThrow(OllamaProtocolError);
      expect(given).toThrow(expect.objectContaining({ partial: PARTIAL }));
    }
  });

  it.each(['tool-call', 'finish'])('takes no chunk for a %s', (name) => {
    expect(() => read(name, bare)).toThrow(OllamaProtocolError);
  });

  it.each<[string | undefined, unknown]>([
    ['queue', { place: 2 }],
    ['queue', 'no JSON'],
    ['', bare],
    ['Chunk', bare],
    ['toString', bare],
    [undefined, { type: 'queue', place: 2 }],
    [undefined, { type: 'queue', message: {} }],
    [undefined, { type: 'queue', message: {}, done: 'yes' }],
    [undefined, { type: 'queue', message: 'a', done: true }],
    [undefined, { type: '__proto__', done: true }],
  ])('leaves what is a gateway’s own alone: named %p, %j', (name, data) => {
    const { type } = Object(data) as { type?: string };
    expect(read(name, data)).toEqual({ kind: 'other', name: name ?? type });
  });

  it.each([...VALUE_NAMES, ...TERMINAL_NAMES, undefined])('reads the JSON of %p', (name) => {
    expect(() => read(name, 'no JSON')).toThrow(OllamaProtocolError);
    expect(() => read(name, '[]')).toThrow(OllamaProtocolError);
  });

  it('knows the line of an error', () => {
    expect(() => read(undefined, { error: 'No.' })).toThrow(OllamaStreamError);
    expect(() => read('chunk', { error: 'No.' })).toThrow(OllamaStreamError);
  });
});
