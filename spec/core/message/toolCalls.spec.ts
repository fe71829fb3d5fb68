import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readArguments, readCall, repairArguments } from '../../../lib/core/message/toolCalls.js';
import { OllamaToolError } from '../../../lib/errors.js';
import type { AssistantMessage, ToolCall } from '../../../lib/types/index.js';

const partial: AssistantMessage = { role: 'assistant', content: 'Let me see.' };

const call = (fields: object): ToolCall =>
  ({ function: { name: 'add', ...fields } }) as unknown as ToolCall;

const read = (given: ToolCall, place = 0) => readCall(given, place, () => partial);

function refuse(given: ToolCall): OllamaToolError {
  try {
    read(given);
  } catch (error) {
    if (error instanceof OllamaToolError) return error;
  }
  throw new Error('It was not refused.');
}

describe('readArguments', () => {
  it.each([
    ['an object', { a: { b: [1] } }, { a: { b: [1] } }],
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['an empty text', '', {}],
    ['an object as JSON', ' {"a":{"b":[1]}}\n', { a: { b: [1] } }],
    ['null as JSON', 'null', {}],
    ['a list', [1], undefined],
    ['a list as JSON', '[1]', undefined],
    ['a number', 3, undefined],
    ['a number as JSON', '3', undefined],
    ['false', false, undefined],
    ['JSON as JSON', '"{}"', undefined],
    ['JSON that was cut', '{"a":', undefined],
    ['prose', 'a is 1', undefined],
  ])('reads %s', (_, given, expected) => {
    expect(readArguments(given)).toEqual(expected);
  });

  it('gives the very object that the server sent', () => {
    const given = { a: 1 };
    expect(readArguments(given)).toBe(given);
  });

  it('gives an object or nothing, whatever a server makes of it', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.json(), fc.string());
    fc.assert(
      fc.property(anything, (given) => {
        const args: unknown = readArguments(given) ?? {};
        expect(Object.prototype.toString.call(args)).toBe('[object Object]');
      }),
    );
  });
});

describe('repairArguments', () => {
  it.each([
    ['need no repair', { arguments: { a: 1 } }],
    ['are beyond repair', { arguments: 'a is 1' }],
  ])('gives the same call when its arguments %s', (_, fields) => {
    const given = call(fields);
    expect(repairArguments(given)).toBe(given);
  });

  it('changes nothing else, and not the call it was given', () => {
    const given = Object.freeze({
      id: 'call_k3v9x2pq',
      type: 'function',
      function: Object.freeze({ index: 1, name: 'add', arguments: '{"a":1}' }),
    }) as unknown as ToolCall;
    expect(repairArguments(given)).toStrictEqual({
      id: 'call_k3v9x2pq',
      type: 'function',
      function: { index: 1, name: 'add', arguments: { a: 1 } },
    });
  });
});

describe('readCall', () => {
  it("keeps the server's id", () => {
    const given = { ...call({ arguments: {} }), id: 'call_k3v9x2pq' };
    expect(read(given, 7)).toStrictEqual(given);
  });

  it.each([undefined, ''])('fills an id of %p with the place in the message', (id) => {
    const given = { ...call({ arguments: {} }), id } as ToolCall;
    expect(read(given, 7).id).toBe('call_7');
  });

  it('refuses arguments that are no object, and says which', () => {
    const given = call({ arguments: '{"a":' });
    const error = refuse(given);
    expect(error.call).toBe(given);
    expect(error.partial).toBe(partial);
    expect(error.message).toContain(String.raw`{"name":"add","arguments":"{\"a\":"}`);
  });

  it('keeps its message short when the arguments are long', () => {
    const error = refuse(call({ arguments: 'x'.repeat(10_000) }));
    expect(error.message.length).toBeLessThan(300);
  });

  it.each([
    ['name', call({ name: '' })],
    ['function', {} as ToolCall],
  ])('refuses a call without a %s', (_, given) => {
    expect(refuse(given).call).toBe(given);
  });
});
