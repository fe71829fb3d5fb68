import { describe, expect, it } from '@jest/globals';
import { createStep, isSendable, toResult } from '../../lib/tools/step.js';
import { chunk } from '../../lib/testing/index.js';
import { delta, final } from '../support/chunks.js';
import { rawCall } from './support.js';

const { answer, done, thinking, toolCall } = chunk;

/** Arguments that JSON.stringify can't write. */
function nest(depth: number): unknown {
  let nested: unknown = {};
  for (let i = 0; i < depth; i++) nested = { nested };
  return nested;
}

describe('a step', () => {
  it('gives the calls of each chunk, with an id', () => {
    const step = createStep(7);
    expect(step.add(answer('Hi'))).toEqual([]);
    expect(step.add(toolCall('x', {}, 'call_own'))).toEqual([
      { id: 'call_own', function: { index: 0, name: 'x', arguments: {} } },
    ]);
    expect(step.add(delta({ tool_calls: [rawCall('y', '{"n":1}'), rawCall('z', {})] }))).toEqual([
      { id: 'call_8', function: { name: 'y', arguments: { n: 1 } } },
      { id: 'call_9', function: { name: 'z', arguments: {} } },
    ]);
  });

  it('gives a call that is sent twice once', () => {
    const step = createStep(0);
    const twice = toolCall('x', {}, 'call_own');
    expect(step.add(twice)).toHaveLength(1);
    expect(step.add(twice)).toEqual([]);
    step.answer('call_own', 'one');
    expect(step.message().tool_calls).toHaveLength(1);
    expect(step.results()).toHaveLength(1);
  });

  it.each([
    ['without a function', {}],
    ['without a name', { function: { arguments: {} } }],
    ['with a number for a name', { function: { name: 5, arguments: {} } }],
    ['with a list for a name', { function: { name: ['x'], arguments: {} } }],
    ['that is null', null],
  ])('gives a call %s an empty name', (_, sent) => {
    const step = createStep(0);
    const [call] = step.add(delta({ tool_calls: [sent as never] }));
    expect(call?.function.name).toBe('');
    step.answer(call?.id ?? '', 'none');
    expect(step.results()).toMatchObject([{ role: 'tool', content: 'none', tool_name: '' }]);
    expect(step.message().tool_calls).toMatchObject([{ function: { arguments: {} } }]);
  });

  it('gives results in the order of the calls, and the id only where there was one', () => {
    const step = createStep(0);
    step.add(toolCall('x', {}, 'call_own'));
    const [y] = step.add(toolCall('y'));
    step.add(done());
    step.answer(y?.id ?? '', 'two');
    expect(step.results()).toEqual([{ role: 'tool', content: 'two', tool_name: 'y' }]);
    expect(step.pending().map(({ id }) => id)).toEqual(['call_own']);
    step.answer('call_own', '');
    expect(step.results()).toEqual([
      { role: 'tool', content: '', tool_name: 'x', tool_call_id: 'call_own' },
      { role: 'tool', content: 'two', tool_name: 'y' },
    ]);
    expect(step.pending()).toEqual([]);
  });

  it('gives the message as the server accepts it, other calls as they came', () => {
    const step = createStep(0);
    const good = {
      id: 'call_own',
      type: 'function',
      function: { index: 0, name: 'x', arguments: { n: 1 } },
    };
    step.add(
      delta({
        thinking: 'Hm',
        content: 'So:',
        tool_calls: [good, rawCall('y', '{"n":'), rawCall('z', nest(100_000))],
      }),
    );
    const message = step.message();
    expect(message).toEqual({
      role: 'assistant',
      content: 'So:',
      thinking: 'Hm',
      tool_calls: [good, rawCall('y', {}), rawCall('z', {})],
    });
    expect(message.tool_calls?.[0]).toBe(good);
  });

  describe('that is cut off keeps', () => {
    it('its text, its answered calls in their order, and their results', () => {
      const step = createStep(0);
      step.add(delta({ thinking: 'Hm', content: 'So:', tool_calls: [rawCall('x', {})] }));
      step.add(toolCall('y', {}, 'call_y'));
      step.add(toolCall('z', {}, 'call_z'));
      step.answer('call_z', 'three');
      step.answer('call_0', 'one');
      expect(step.kept()).toEqual([
        {
          role: 'assistant',
          content: 'So:',
          thinking: 'Hm',
          tool_calls: [
            rawCall('x', {}),
            { id: 'call_z', function: { index: 0, name: 'z', arguments: {} } },
          ],
        },
        { role: 'tool', content: 'one', tool_name: 'x' },
        { role: 'tool', content: 'three', tool_name: 'z', tool_call_id: 'call_z' },
      ]);
    });

    it.each([
      ['nothing of a call without a result', [toolCall('x')], []],
      ['nothing of thinking alone', [thinking('Hm')], []],
      ['nothing of white space', [answer(' \n')], []],
      ['nothing if nothing came', [], []],
      ['text', [answer('Hel')], [{ role: 'assistant', content: 'Hel' }]],
    ])('%s', (_, chunks, kept) => {
      const step = createStep(0);
      for (const each of chunks) step.add(each);
      expect(step.kept()).toEqual(kept);
    });
  });

  it('that is suspended has the ids of its calls in the message and in the results', () => {
    const step = createStep(3);
    step.add(delta({ tool_calls: [rawCall('x', {}), rawCall('y', {})] }));
    step.answer('call_4', 'two');
    expect(step.suspended()).toEqual([
      {
        role: 'assistant',
        content: '',
        tool_calls: [
          { id: 'call_3', ...rawCall('x', {}) },
          { id: 'call_4', ...rawCall('y', {}) },
        ],
      },
      { role: 'tool', content: 'two', tool_name: 'y', tool_call_id: 'call_4' },
    ]);
  });

  it('starts over where the message is requested again', () => {
    const step = createStep(0);
    const [x] = step.add(toolCall('x'));
    step.answer(x?.id ?? '', 'lost');
    const [y] = step.add({ ...toolCall('y'), reset: true });
    expect(y?.id).toBe('call_0');
    expect(step.message().tool_calls).toHaveLength(1);
    expect(step.results()).toEqual([]);
  });
});

describe('isSendable', () => {
  it.each([
    ['text', { content: 'a' }, true],
    ['a call', { content: '', tool_calls: [rawCall('x', {})] }, true],
    ['no text', { content: '' }, false],
    ['white space', { content: '\n ' }, false],
    ['thinking alone', { content: '', thinking: 'Hm' }, false],
    ['an empty list of calls', { content: '', tool_calls: [] }, false],
  ])('for a message with %s', (_, message, expected) => {
    expect(isSendable({ role: 'assistant', ...message })).toBe(expected);
  });

  it.each([
    [
      'of its final chunk',
      [answer('Hi'), final({ eval_count: 2, done_reason: 'length' })],
      2,
      'length',
    ],
    ['of no final chunk', [answer('Hi')], undefined, 'stop'],
    [
      'of all messages of a client that makes several',
      [final({ eval_count: 2 }), answer('Hi'), final({ eval_count: 3, done_reason: 'length' })],
      5,
      'length',
    ],
    [
      'without those of an attempt that is void',
      [
        final({ eval_count: 2 }),
        { ...answer('Hi'), reset: true, restart: true },
        final({ eval_count: 3 }),
      ],
      3,
      'stop',
    ],
    [
      'without the reason of a message before the last one',
      [final({ eval_count: 2, done_reason: 'length' }), answer('Hi')],
      2,
      'stop',
    ],
  ] as const)('ends with statistics and the reason %s', (_, chunks, count, reason) => {
    const step = createStep(0);
    for (const each of chunks) step.add(each);
    expect(step.end().statistics.eval_count).toBe(count);
    expect(step.end().reason).toBe(reason);
  });
});

describe('toResult', () => {
  it.each([
    ['a', { tool_call_id: 'a' }],
    ['', {}],
    [undefined, {}],
    [5, {}],
  ])('has the id %j of the call only if it is a text', (id, expected) => {
    expect(toResult(rawCall('x', {}, { id }), 'ok')).toEqual({
      ...{ role: 'tool', content: 'ok', tool_name: 'x' },
      ...expected,
    });
  });
});
