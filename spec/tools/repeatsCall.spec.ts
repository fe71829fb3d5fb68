import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { of } from 'rxjs';
import { chunk } from '../../lib/testing/index.js';
import type { StepFinishEvent } from '../../lib/tools/events.js';
import { repeatsCall } from '../../lib/tools/repeatsCall.js';
import type { ChatChunk, ToolCall } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { measureGrowth } from '../support/growth.js';
import { only, rawCall, run, runAll, tool } from './support.js';

const { done, toolCall } = chunk;

const toStep = (tool_calls: readonly ToolCall[], i = 0): StepFinishEvent => ({
  type: 'step-finish',
  step: i + 1,
  reason: 'stop',
  message: { role: 'assistant', content: '', tool_calls },
  results: [],
  statistics: {},
});

/** Steps with one call each. */
const stepsOf = (...all: readonly unknown[]): StepFinishEvent[] =>
  all.map((args, i) => toStep([rawCall('x', args, { id: `id_${String(i)}` })], i));

/** Arguments as deep as `JSON.parse` reads them, and deeper than `JSON.stringify` can follow. */
function nest(depth: number): unknown {
  let nested: unknown = {};
  for (let i = 0; i < depth; i++) nested = { nested };
  return nested;
}

const toProto = (n: number): unknown => JSON.parse(`{"__proto__":{"a":${String(n)}}}`);

describe('repeatsCall', () => {
  it.each<[string, boolean, StepFinishEvent[]]>([
    ['three equal calls in a row', true, stepsOf({ n: 1 }, { n: 1 }, { n: 1 })],
    ['after others', true, stepsOf({}, { n: 2 }, { n: 1 }, { n: 1 }, { n: 1 })],
    ['keys in another order', true, stepsOf({ a: 1, b: 2 }, { b: 2, a: 1 }, { a: 1, b: 2 })],
    [
      'keys of inner objects in another order',
      true,
      stepsOf({ a: [{ b: 1, c: 2 }] }, { a: [{ c: 2, b: 1 }] }, { a: [{ b: 1, c: 2 }] }),
    ],
    ['no arguments', true, stepsOf({}, {}, {})],
    ['null', true, stepsOf({ n: null }, { n: null }, { n: null })],
    ['two calls', false, stepsOf({ n: 1 }, { n: 1 })],
    ['no steps', false, []],
    ['other arguments in the middle', false, stepsOf({ n: 1 }, { n: 2 }, { n: 1 }, { n: 1 })],
    ['arguments of another type', false, stepsOf({ n: 1 }, { n: '1' }, { n: 1 })],
    ['items in another order', false, stepsOf({ a: [1, 2] }, { a: [2, 1] }, { a: [1, 2] })],
    ['the repetition is over', false, stepsOf({ n: 1 }, { n: 1 }, { n: 1 }, { n: 2 })],
    ['a key that is absent', false, stepsOf({ n: null }, {}, { n: null })],
    [
      'among other calls',
      true,
      [
        toStep([rawCall('y', { i: 0 }), rawCall('x', {})]),
        toStep([rawCall('x', {}), rawCall('y', { i: 1 })]),
        toStep([rawCall('y', { i: 2 }), rawCall('z', {}), rawCall('x', {})]),
      ],
    ],
    [
      'another tool',
      false,
      [toStep([rawCall('x', {})]), toStep([rawCall('y', {})]), ...stepsOf({})],
    ],
    ['three calls in one step', false, [toStep([1, 2, 3].map(() => rawCall('x', {})))]],
    ['a step without calls', false, [...stepsOf({}, {}), toStep([])]],
    [
      'a message that can have none',
      false,
      [...stepsOf({}, {}), { ...toStep([]), message: { role: 'assistant', content: 'Hi' } }],
    ],
    ['a list, and an object like it', false, stepsOf({ a: [1] }, { a: { 0: 1 } }, { a: [1] })],
    ['very deep arguments', false, stepsOf(nest(20_000), nest(20_000), nest(20_000))],
    ['keys of Object', true, stepsOf(...[1, 1, 1].map(toProto))],
    ['different values of __proto__', false, stepsOf(...[1, 2, 3].map(toProto))],
  ])('of three times, for %s: %s', (_, expected, steps) => {
    expect(repeatsCall(3)(steps)).toBe(expected);
  });

  it('reads only the latest steps', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2)), fc.integer({ min: 1, max: 4 }), (all, times) => {
        const latest = all.slice(-times);
        const expected = latest.length === times && new Set(latest).size === 1;
        expect(repeatsCall(times)(stepsOf(...all.map((n) => ({ n }))))).toBe(expected);
      }),
    );
  });

  it.each([0, -1, 1.5, NaN, '3', null, undefined])('refuses %p, when it is called', (times) => {
    expect(() => repeatsCall(times as number)).toThrow(RangeError);
    expect(() => repeatsCall(times as number)).toThrow('times');
  });

  it('of Infinity never ends a run', () => {
    expect(repeatsCall(Infinity)(stepsOf({}, {}, {}))).toBe(false);
  });

  it('ends a run after the step that repeats the call, with its result', () => {
    const client = { chat: () => of<ChatChunk[]>(toolCall('x', { n: 1 }), done()) };
    const events = runAll(run(client, [tool('x', () => 'ok')], { stopWhen: repeatsCall(3) }));
    expect(only(events, 'finish')).toMatchObject([{ step: 3, reason: 'stop-when' }]);
    expect(only(events, 'tool-result')).toHaveLength(3);
  });

  it('takes time in proportion to the number of calls', () => {
    const growth = measureGrowth((size) => {
      const { message } = delta({});
      const calls = Array.from({ length: size }, (_, n) => rawCall('x', { n, message }));
      const steps = [toStep(calls), toStep([...calls].reverse())];
      expect(repeatsCall(2)(steps)).toBe(true);
    }, 500);
    expect(growth).toBeLessThan(8);
  });
});
