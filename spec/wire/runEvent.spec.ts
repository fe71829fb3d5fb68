import { describe, expect, it } from '@jest/globals';
import { OllamaTimeoutError, OllamaToolError } from '../../lib/errors.js';
import { chunk } from '../../lib/testing/index.js';
import type { ValueName } from '../../lib/wire/chatEvents.js';
import type { Line } from '../../lib/wire/line.js';
import { checkRunEvent } from '../../lib/wire/runEvent.js';

const call = { id: 'call_1', function: { name: 'add', arguments: { a: 1 } } };
const message = { role: 'assistant', content: 'Two.' };
const result = { role: 'tool', content: '2', tool_name: 'add' };

/** An event of each name, with all that its type has. */
const WHOLE: Readonly<Record<ValueName, Line>> = {
  chunk: { step: 0, chunk: chunk.answer('a') },
  'tool-call': { step: 1, call },
  'tool-approval': { step: 1, call, reason: 'It costs money.' },
  'tool-start': { step: 1, call },
  'tool-progress': { step: 1, call, value: 50 },
  'tool-result': { step: 1, call, text: '2', value: 2, fromProgress: true },
  'tool-error': { step: 1, call, text: 'No.', error: { code: 'timeout', message: 'Slow.' } },
  'tool-denied': { step: 1, call, text: 'No.' },
  'step-finish': {
    ...{ step: 1, reason: 'calls', message, results: [result], pending: [call] },
    statistics: { eval_count: 2 },
  },
  finish: {
    ...{ step: 2, reason: 'answer', messages: [message, result], pending: [call] },
    statistics: { eval_count: 2 },
  },
};
const NAMES = Object.keys(WHOLE) as ValueName[];
const copy = (event: Line): Line => structuredClone(event);

const NO_STEPS = [undefined, null, -1, 0.5, '1', 2 ** 53, [1]];
const NO_OBJECTS = [undefined, null, 'a', 5, true, [], [{}]];
const NO_TEXTS = [undefined, null, 5, true, {}, ['a']];
const NO_CALLS: readonly unknown[] = [
  ...[...NO_OBJECTS, {}, { id: 'a' }, { function: call.function }],
  ...[5, null, undefined, {}].map((id) => ({ ...call, id })),
  ...NO_OBJECTS.map((called) => ({ ...call, function: called })),
  ...NO_TEXTS.map((name) => ({ ...call, function: { ...call.function, name } })),
  ...[5, true, [], ['a']].map((args) => ({ ...call, function: { name: 'add', arguments: args } })),
];
const NO_MESSAGES: readonly unknown[] = [
  ...NO_OBJECTS,
  ...NO_TEXTS.map((role) => ({ ...message, role })),
  ...NO_TEXTS.map((content) => ({ ...message, content })),
  ...[5, [5], [{}], [{ function: 5 }]].map((tool_calls) => ({ ...message, tool_calls })),
];
const listsOf = (wrong: readonly unknown[]): unknown[] => [
  ...['a', 5, true, {}],
  ...wrong.map((element) => [element]),
];
const requiredListsOf = (wrong: readonly unknown[]): unknown[] => [
  ...[undefined, null],
  ...listsOf(wrong),
];

/** What a field may not be, in the events that have it. */
const WRONG: readonly (readonly [field: string, names: readonly ValueName[], unknown[]])[] = [
  ['step', NAMES, NO_STEPS],
  [
    'chunk',
    ['chunk'],
    [...NO_OBJECTS, {}, { done: 'yes', message }, { ...chunk.answer('a'), done: 5 }],
  ],
  ['call', NAMES.filter((name) => 'call' in WHOLE[name]), [...NO_CALLS]],
  ['reason', ['tool-approval'], [5, true, {}, ['a']]],
  ['text', ['tool-result', 'tool-error', 'tool-denied'], NO_TEXTS],
  ['fromProgress', ['tool-result'], [false, 'true', 1, {}]],
  ['reason', ['step-finish', 'finish'], NO_TEXTS],
  ['message', ['step-finish'], [...NO_MESSAGES]],
  ['results', ['step-finish'], requiredListsOf(NO_MESSAGES)],
  ['messages', ['finish'], requiredListsOf(NO_MESSAGES)],
  ['pending', ['step-finish', 'finish'], listsOf(NO_CALLS)],
  ['statistics', ['step-finish', 'finish'], NO_OBJECTS],
];

describe('checkRunEvent', () => {
  it.each(NAMES)('takes a whole %s, and gives it its type', (name) => {
    const event = copy(WHOLE[name]);
    expect(checkRunEvent(name, event)).toBe(true);
    const { error: _, ...fields } = event;
    expect(fields).toMatchObject({ type: name, step: WHOLE[name]['step'] });
  });

  it.each(
    WRONG.flatMap(([field, names, values]) =>
      names.flatMap((name) => values.map((value) => [name, field, value] as const)),
    ),
  )('refuses a %s with the %s %j', (name, field, value) => {
    expect(checkRunEvent(name, { ...copy(WHOLE[name]), [field]: value })).toBe(false);
  });

  it.each<[ValueName, string, unknown]>([
    ['tool-approval', 'reason', undefined],
    ['tool-approval', 'reason', null],
    ['tool-result', 'fromProgress', undefined],
    ['tool-result', 'fromProgress', null],
    ['tool-result', 'value', undefined],
    ['tool-progress', 'value', undefined],
    ['tool-progress', 'reason', 5],
    ['tool-start', 'reason', 5],
    ['tool-call', 'reason', 5],
    ['step-finish', 'pending', undefined],
    ['finish', 'pending', null],
    ['step-finish', 'results', []],
    ['finish', 'messages', []],
  ])('takes a %s with the %s %j', (name, field, value) => {
    expect(checkRunEvent(name, { ...copy(WHOLE[name]), [field]: value })).toBe(true);
  });

  it.each([undefined, null, 'a text that is no object'])('takes the arguments %j', (args) => {
    const odd = { ...call, function: { name: 'add', arguments: args } };
    expect(checkRunEvent('tool-call', { step: 1, call: odd })).toBe(true);
  });

  it.each<ValueName>(['step-finish', 'finish'])('removes statistics that are none: %s', (name) => {
    const statistics = { eval_count: 'many', eval_duration: -1, total_duration: 5 };
    const event = { ...copy(WHOLE[name]), statistics };
    expect(checkRunEvent(name, event)).toBe(true);
    expect(event.statistics).toEqual({ total_duration: 5 });
  });

  it.each([
    [{ code: 'timeout', kind: 'tool', message: 'Slow.' }, OllamaTimeoutError, 'Slow.'],
    [{ code: 'internal', message: 'It broke.' }, OllamaToolError, 'It broke.'],
    [{ code: 'tool', message: 'It broke.', call: 'another' }, OllamaToolError, 'It broke.'],
    [undefined, OllamaToolError, 'The answer could not be completed.'],
    ['text', OllamaToolError, 'The answer could not be completed.'],
    [['list'], OllamaToolError, 'The answer could not be completed.'],
  ])('makes an error of a class of %j', (error, is, text) => {
    const event: Line = { ...copy(WHOLE['tool-error']), error };
    expect(checkRunEvent('tool-error', event)).toBe(true);
    expect(event['error']).toBeInstanceOf(is);
    expect(event['error']).toMatchObject({ message: text });
    if (is === OllamaToolError) expect(event['error']).toMatchObject({ call });
  });
});
