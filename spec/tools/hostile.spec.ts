import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { of, type Observable } from 'rxjs';
import { isOllamaError } from '../../lib/errors.js';
import { chunk } from '../../lib/testing/index.js';
import type { ToolRunEvent } from '../../lib/tools/events.js';
import type { ToolCall } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { model, only, rawCall, run, tool } from './support.js';

const { answer, done } = chunk;

/** As deep as JSON.parse reads, and deeper than anything recursive can follow. */
function nest(depth: number): Record<string, unknown> {
  let nested: Record<string, unknown> = {};
  for (let i = 0; i < depth; i++) nested = { nested };
  return nested;
}

interface Outcome {
  readonly events: readonly ToolRunEvent[];
  /** The arguments with which a tool started. */
  readonly started: readonly unknown[];
  readonly sent: unknown;
  readonly error: unknown;
  readonly completed: boolean;
}

/** Runs a model that sends these calls, whatever they are, and then answers. */
function play(...tool_calls: readonly unknown[]): Outcome {
  const started: unknown[] = [];
  const t = tool('t', ({ call }) => {
    started.push(call.function.arguments);
    return 'ran';
  });
  const calls = tool_calls as readonly ToolCall[];
  const client = model(of(delta({ tool_calls: calls }), done()), of(answer('So.'), done()));
  const events: ToolRunEvent[] = [];
  let error: unknown;
  let completed = false;
  const result: Observable<ToolRunEvent> = run(client, [t]);
  result.subscribe({
    next: (event) => events.push(event),
    error: (reason: unknown) => {
      error = reason;
    },
    complete: () => {
      completed = true;
    },
  });
  return { events, started, error, completed, sent: client.requests[1]?.messages };
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** That what a model sends is answered, whatever it is, and that only whole calls are carried out. */
function check({ events, started, sent, error, completed }: Outcome): void {
  expect(error === undefined || isOllamaError(error)).toBe(true);
  expect(started.every(isObject)).toBe(true);
  if (!completed) return;
  const calls = only(events, 'tool-call');
  expect(events.filter((event) => 'text' in event)).toHaveLength(calls.length);
  expect(calls.every(({ call }) => typeof call.id === 'string' && call.id)).toBe(true);
  expect(calls.every(({ call }) => typeof call.function.name === 'string')).toBe(true);
  expect(new Set(calls.map(({ call }) => call.id)).size).toBe(calls.length);
  // The next request can be written, and each call in it has a result.
  expect(() => JSON.stringify(sent)).not.toThrow();
}

describe('a run with a hostile model', () => {
  it.each<[string, unknown, number]>([
    ['the id __proto__', { ...rawCall('t', {}), id: '__proto__' }, 1],
    ['the id constructor', { ...rawCall('t', {}), id: 'constructor' }, 1],
    ['a number for an id', { ...rawCall('t', {}), id: 5 }, 1],
    ['an object for an id', { ...rawCall('t', {}), id: {} }, 1],
    ['a type of ours', { ...rawCall('t', {}), type: 'task', approved: true }, 1],
    ['arguments nested deeply', rawCall('t', nest(100_000)), 1],
    ['arguments with __proto__', rawCall('t', JSON.parse('{"__proto__":{"a":1}}')), 1],
    ['a number for a name', rawCall(5, {}), 0],
    ['a list for a name', rawCall(['t'], {}), 0],
    ['an object for a name', rawCall({ toString: null }, {}), 0],
    ['a name in another case', rawCall('T', {}), 0],
    ['a name with a space', rawCall(' t', {}), 0],
    ['the name __proto__', rawCall('__proto__', {}), 0],
    ['the name toString', rawCall('toString', {}), 0],
    ['arguments that are cut', rawCall('t', '{"a":'), 0],
    ['arguments as a list', rawCall('t', []), 0],
    ['arguments as a number', rawCall('t', 5), 0],
    ['arguments as false', rawCall('t', false), 0],
    ['a list of lists as arguments', rawCall('t', [[[[]]]]), 0],
    ['no function', {}, 0],
    ['null for a function', { function: null }, 0],
    ['null for a call', null, 0],
    ['a text for a call', 't', 0],
  ])('answers a call with %s', (_, call, runs) => {
    const outcome = play(call);
    check(outcome);
    expect(outcome.completed).toBe(true);
    expect(outcome.started).toHaveLength(runs);
  });

  it('runs a call that is sent twice once, and other calls without an id each', () => {
    const twice = { ...rawCall('t', { n: 1 }), id: 'a' };
    expect(play(twice, twice).started).toEqual([{ n: 1 }]);
    expect(play(rawCall('t', {}), rawCall('t', {})).started).toHaveLength(2);
    // The id that is generated for a call without one may be the id of another.
    const outcome = play(rawCall('t', { n: 1 }), { ...rawCall('t', { n: 2 }), id: 'call_0' });
    check(outcome);
    expect(outcome.started).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('answers any calls', () => {
    const aName = fc.oneof(fc.constant('t'), fc.constant('__proto__'), fc.anything());
    const args = fc.oneof(fc.constant('{}'), fc.object(), fc.anything());
    const anId = fc.oneof(fc.constant('a'), fc.constant('call_0'), fc.anything());
    const aCall = fc.oneof(
      fc.record(
        { id: anId, function: fc.record({ name: aName, arguments: args }) },
        { requiredKeys: ['function'] },
      ),
      fc.record({ id: anId, function: fc.anything() }, { requiredKeys: [] }),
      fc.json().map((text): unknown => JSON.parse(text)),
    );
    fc.assert(
      fc.property(fc.array(aCall, { maxLength: 4 }), (calls) => {
        check(play(...calls));
      }),
      { numRuns: 300 },
    );
  });
});
