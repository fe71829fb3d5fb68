import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createConversation } from '../../lib/conversation/createConversation.js';
import { keepTurns } from '../../lib/conversation/keepTurns.js';
import { chunk, scriptedClient } from '../../lib/testing/index.js';
import type { Message } from '../../lib/types/index.js';
import { tool } from '../tools/support.js';
import { toAsked } from './support.js';

const { answer, done, toolCall } = chunk;

const user = (content: string): Message => ({ role: 'user', content });
const call = (id: string): Message => ({
  role: 'assistant',
  content: '',
  tool_calls: [{ id, function: { name: 'x', arguments: {} } }],
});
const result = (id: string): Message => ({ role: 'tool', content: 'ok', tool_call_id: id });
const said: Message = { role: 'assistant', content: 'So.' };

describe('keepTurns', () => {
  const first = [user('a'), call('1'), result('1'), said];
  const second = [user('b'), said];
  const third = [user('c'), call('2'), result('2')];
  const all = [{ role: 'assistant', content: 'Welcome' }, ...first, ...second, ...third];

  it.each<[number, readonly Message[]]>([
    [1, third],
    [2, [...second, ...third]],
    [3, [...first, ...second, ...third]],
    [4, all],
    [Infinity, all],
  ])('(%d) keeps the last turns whole, and nothing before them', (turns, kept) => {
    expect(keepTurns(turns)(all)).toEqual(kept);
  });

  it('keeps all messages where the user has sent none', () => {
    expect(keepTurns(1)([said])).toEqual([said]);
    expect(keepTurns(1)([])).toEqual([]);
  });

  it.each([0, -1, NaN, 1.5, -Infinity])('(%d) is refused', (turns) => {
    expect(() => keepTurns(turns)).toThrow(
      new RangeError(`turns is ${String(turns)}. Set it to a whole number from 1, or to Infinity.`),
    );
  });

  it('never separates a call from its result, in any history', () => {
    const turn = fc
      .tuple(fc.nat(3), fc.boolean())
      .map(([steps, ends], id = String(Math.max(steps, 0))) => [
        user('Hi'),
        ...Array.from({ length: steps }, (_, i) => [
          call(`${id}${String(i)}`),
          result(`${id}${String(i)}`),
        ]).flat(),
        ...(ends ? [said] : []),
      ]);
    fc.assert(
      fc.property(fc.array(turn), fc.integer({ min: 1, max: 5 }), (turns, n) => {
        expect(keepTurns(n)(turns.flat())).toEqual(turns.slice(-n).flat());
      }),
    );
  });

  it('trims each request of a turn, and the history stays whole', () => {
    const client = scriptedClient(({ messages = [] }) =>
      messages.at(-1)?.role === 'tool' ? [answer('So.'), done()] : [toolCall('x'), done()],
    );
    const conversation = createConversation({
      ...{ model: 'm', client, every: 0, system: 'Be brief.' },
      ...{ trim: keepTurns(1), tools: [tool('x', () => 'ok')] },
    });
    conversation.send('Hi');
    conversation.send('And?');
    expect(toAsked(client)).toEqual([
      ...['Be brief. > Hi', 'Be brief. > Hi > [x] > ok'],
      ...['Be brief. > And?', 'Be brief. > And? > [x] > ok'],
    ]);
    expect(conversation.state.messages).toHaveLength(8);
  });
});
