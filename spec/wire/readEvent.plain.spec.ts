import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readEvent } from '../../lib/wire/readEvent.js';

const noMessage = () => undefined;
const message = { role: 'assistant', content: 'Hi', thinking: 'Hm' };
const chunk = { model: 'qwen3', created_at: '2026-01-01T00:00:00Z', message, done: false };
const ofRun = { type: 'chunk', step: 1, chunk };

/** What is read with white space in front, which the quick way does not take. */
const readSlowly = (name: string | undefined, data: string) =>
  readEvent(name, ` ${data}`, noMessage);

/** What is read, or what is thrown. */
const attempt = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return (error as Error).name;
  }
};

describe('readEvent of a plain line', () => {
  it.each([
    ['chunk', chunk],
    [undefined, chunk],
    ['chunk', ofRun],
    [undefined, ofRun],
    ['chunk', { ...ofRun, step: 0 }],
    ['chunk', { ...ofRun, step: 123_456_789 }],
    ['chunk', { ...ofRun, step: 1_234_567_890 }],
    ['chunk', { ...ofRun, more: true }],
    ['chunk', { ...ofRun, chunk: { ...chunk, done: true } }],
    ['chunk', { ...chunk, phase: 'answer' }],
    ['finish', chunk],
    ['tool-call', ofRun],
    ['own', chunk],
  ])('reads an event named %s in the quick way as in the other: %j', (name, value) => {
    const data = JSON.stringify(value);
    expect(attempt(() => readEvent(name, data, noMessage))).toStrictEqual(
      attempt(() => readSlowly(name, data)),
    );
  });

  it('takes nothing that the other way refuses', () => {
    const data = JSON.stringify(ofRun);
    const damage = fc.record({
      at: fc.nat(data.length),
      length: fc.nat(3),
      put: fc.string({ unit: fc.constantFrom('"', '}', '{', ',', '0', '1', '\\', ' ', 'a') }),
    });
    fc.assert(
      fc.property(damage, ({ at, length, put }) => {
        const damaged = data.slice(0, at) + put + data.slice(at + length);
        expect(attempt(() => readEvent('chunk', damaged, noMessage))).toStrictEqual(
          attempt(() => readSlowly('chunk', damaged)),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
