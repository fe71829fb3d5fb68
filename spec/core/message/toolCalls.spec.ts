import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  checkCall,
  createCallReader,
  createMessageCalls,
  repairArguments,
  repairCalls,
} from '../../../lib/core/message/toolCalls.js';
import { OllamaToolError } from '../../../lib/errors.js';
import { chunk } from '../../../lib/testing/index.js';
import type {
  AssistantMessage,
  ChatChunk,
  ChunkMarks,
  Message,
  ToolCall,
} from '../../../lib/types/index.js';
import { delta, final } from '../../support/chunks.js';

const partial: AssistantMessage = { role: 'assistant', content: 'Let me see.' };

const call = (fields: object): ToolCall =>
  ({ function: { name: 'add', ...fields } }) as unknown as ToolCall;

/** A call with these arguments, and an `id` if there is one. */
const add = (a: unknown, id?: unknown): ToolCall =>
  ({ ...call({ arguments: { a } }), ...(id !== undefined && { id }) }) as ToolCall;

function refuse(run: () => unknown): OllamaToolError {
  try {
    run();
  } catch (error) {
    if (error instanceof OllamaToolError) return error;
  }
  throw new Error('It was not refused.');
}

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

describe('createMessageCalls', () => {
  it('gives calls with repaired arguments, the same call where there is nothing to repair', () => {
    const whole = add(1);
    const [one, other] = createMessageCalls().add([whole, call({ arguments: '{"a":2}' })]);
    expect(one).toBe(whole);
    expect(other).toEqual(add(2));
  });

  it('passes over a call whose id has come, whatever else it says, and no call without one', () => {
    const calls = createMessageCalls();
    const bare = [add(1), add(1), add(1, ''), add(1, ''), add(1, null), add(1, null)];
    expect(calls.add([add(1, 'a'), add(1, 'b'), add(2, 'a')])).toEqual([add(1, 'a'), add(1, 'b')]);
    expect(calls.add([add(1, 'b'), ...bare])).toEqual(bare);
  });

  it.each([undefined, null, []])('gives none for %j', (none) => {
    expect(createMessageCalls().add(none)).toEqual([]);
  });
});

describe('createCallReader', () => {
  const chunkWith = (...calls: readonly ToolCall[]): ChatChunk => delta({ tool_calls: calls });
  const again = (chunk: ChatChunk): ChatChunk & ChunkMarks => ({ ...chunk, reset: true });
  const restart = (chunk: ChatChunk): ChatChunk & ChunkMarks => ({
    ...again(chunk),
    restart: true,
  });
  const end = final({});

  /** The ids of all calls, as they came and as they are at the end. */
  function readIds(place: number, ...chunks: readonly (ChatChunk & ChunkMarks)[]) {
    const reader = createCallReader(place);
    const came = chunks.flatMap((chunk) => reader.add(chunk)).map(({ id }) => id);
    return { came, kept: reader.calls.map(({ id }) => id) };
  }

  it('fills in a missing id with the place of the call among all calls', () => {
    const all = ['call_7', 'own', 'call_9', 'call_10', 'call_11'];
    const chunks = [
      chunkWith(add(1), add(1, 'own')),
      chunkWith(add(1, ''), add(1, null)),
      end,
      chunkWith(add(1)),
    ];
    expect(readIds(7, ...chunks)).toEqual({ came: all, kept: all });
  });

  it('takes an id that is not a text for a missing one', () => {
    expect(readIds(0, chunkWith(add(1, 5), add(2, 5), add(3, {}))).came).toEqual([
      'call_0',
      'call_1',
      'call_2',
    ]);
  });

  it('uses places again after a reset, those of the message, or of all', () => {
    expect(
      readIds(0, chunkWith(add(1)), end, chunkWith(add(2)), again(chunkWith(add(3), add(4)))),
    ).toEqual({
      came: ['call_0', 'call_1', 'call_1', 'call_2'],
      kept: ['call_0', 'call_1', 'call_2'],
    });
    expect(
      readIds(3, chunkWith(add(1)), end, chunkWith(add(2)), restart(chunkWith(add(3)))),
    ).toEqual({
      came: ['call_3', 'call_4', 'call_3'],
      kept: ['call_3'],
    });
    expect(readIds(0, chunkWith(add(1)), again(chunk.answer('Hi')))).toMatchObject({ kept: [] });
    // The attempt that failed had not begun: nothing of the message before it is void.
    expect(readIds(0, chunkWith(add(1)), end, again(chunkWith(add(2))))).toMatchObject({
      kept: ['call_0', 'call_1'],
    });
  });

  it('takes an id that came already in the same message for the same call, and in no other', () => {
    const { came } = readIds(
      0,
      chunkWith(add(1, 'x'), add(1, 'x')),
      chunkWith(add(1, 'x')),
      end,
      chunkWith(add(1, 'x')),
    );
    expect(came).toEqual(['x', 'x']);
    expect(readIds(0, chunkWith(add(1, 'x')), again(chunkWith(add(1, 'x')))).came).toEqual([
      'x',
      'x',
    ]);
  });

  it.each([
    ['before', [[add(1, 'call_1'), add(2)]], ['call_1', 'call_1_1']],
    ['behind, in one chunk', [[add(1), add(2, 'call_0')]], ['call_0_1', 'call_0']],
    ['twice', [[add(1, 'call_2'), add(1, 'call_2_1'), add(2)]], ['call_2', 'call_2_1', 'call_2_2']],
    ['in a later chunk', [[add(1)], [add(2, 'call_0')]], ['call_0', 'call_1']],
  ])('generates no id that another call of the message has: %s', (_, lists, expected) => {
    expect(readIds(0, ...lists.map((calls) => chunkWith(...calls))).came).toEqual(expected);
  });

  it('gives each call an id of its own, and keeps those of the server', () => {
    const id = fc.option(fc.constantFrom('a', 'call_0', 'call_1', 'call_2', 'call_1_1', ''));
    fc.assert(
      fc.property(fc.array(id), (ids) => {
        const { came } = readIds(0, chunkWith(...ids.map((own) => add(1, own))));
        expect(new Set(came).size).toBe(came.length);
        const own = new Set(ids.filter(Boolean));
        expect(came).toHaveLength(ids.filter((given) => !given).length + own.size);
        expect(came).toEqual(expect.arrayContaining([...own]));
      }),
    );
  });

  it('knows each call as the server sent it', () => {
    const reader = createCallReader();
    const sent = [add(1), call({ arguments: '{"a":2}' }), add(1, 'x'), add(1, 'call_0')];
    const calls = sent.flatMap((given) => reader.add(chunkWith(given)));
    expect(calls.map((given) => reader.sent(given))).toEqual([sent[0], add(2), ...sent.slice(2)]);
    expect(reader.sent({ ...add(3), id: 'foreign' })).toEqual({ ...add(3), id: 'foreign' });
  });

  it.each([[null], [{}], [{ function: null }], [5]])('does not throw on the call %j', (odd) => {
    const [read] = createCallReader().add(chunkWith(odd as unknown as ToolCall));
    expect(read?.id).toBe('call_0');
  });
});

describe('repairCalls', () => {
  const message = (...calls: readonly ToolCall[]): Message => ({
    role: 'assistant',
    content: '',
    tool_calls: calls,
  });

  it.each([
    ['a string', '{"a":1}', { a: 1 }],
    ['an empty string', '', {}],
    ['missing', undefined, {}],
    ['null', null, {}],
  ])('makes arguments an object that are %s', (_, sent, expected) => {
    const given = message(add(0, 'x'), call({ arguments: sent }));
    const copy = structuredClone(given);
    expect(repairCalls(given)).toEqual(message(add(0, 'x'), call({ arguments: expected })));
    expect(given).toEqual(copy);
  });

  it.each([
    ['no calls', { role: 'user', content: 'Hi' }],
    ['calls that are fine', message(add(1), add(2, 'x'))],
    ['calls that are none', message(null as unknown as ToolCall, {} as ToolCall)],
    [
      'calls that are not a list',
      { role: 'user', content: '', tool_calls: 5 } as unknown as Message,
    ],
  ])('gives the same message for %s', (_, given) => {
    expect(repairCalls(given)).toBe(given);
  });

  it.each([['{"a":'], ['a is 1'], ['[]'], [[1]], [3]])('refuses the arguments %j', (sent) => {
    const bad = call({ arguments: sent });
    const error = refuse(() => repairCalls(message(add(1), bad)));
    expect(error.call).toBe(bad);
    expect(error.message).toMatch(
      /^A tool call in messages has arguments that are not an object: \{.*\}\. Correct the call, or leave it out of the history\.$/,
    );
  });
});

describe('checkCall', () => {
  const check = (given: ToolCall): void => {
    checkCall(given, () => partial);
  };

  it('lets a call pass that can be carried out', () => {
    expect(() => {
      check(add(1));
    }).not.toThrow();
  });

  it('refuses arguments that are not an object, and says which', () => {
    const given = call({ arguments: '{"a":' });
    const error = refuse(() => {
      check(given);
    });
    expect(error.call).toBe(given);
    expect(error.partial).toBe(partial);
    expect(error.message).toContain(String.raw`{"name":"add","arguments":"{\"a\":"}`);
  });

  it.each([
    ['long', 'x'.repeat(10_000)],
    ['deep', JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown],
  ])('keeps its message short when the arguments are %s', (_, sent) => {
    const error = refuse(() => {
      check(call({ arguments: sent }));
    });
    expect(error.message.length).toBeLessThan(300);
  });

  it.each([
    ['name', call({ name: '' })],
    ['function', {} as ToolCall],
    ['anything', null as unknown as ToolCall],
  ])('refuses a call without a %s', (_, given) => {
    expect(
      refuse(() => {
        check(given);
      }).call,
    ).toBe(given);
  });
});
