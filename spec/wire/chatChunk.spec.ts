import { describe, expect, it } from '@jest/globals';
import { checkChunk, toChatChunk } from '../../lib/wire/chatChunk.js';
import type { Line } from '../../lib/wire/line.js';

const call = { id: 'a', function: { index: 0, name: 'add', arguments: {} } };
const logprob = {
  token: 'a',
  logprob: -1,
  bytes: [97],
  top_logprobs: [{ token: 'b', logprob: -2 }],
};

const line = (fields: object = {}, message: object = {}): Line => ({
  model: 'qwen3',
  created_at: '2026-01-01T00:00:00Z',
  message: { role: 'assistant', content: 'Hi', ...message },
  done: false,
  ...fields,
});

const NOT_TEXT = [5, 0, false, true, {}, [], ['a']];
const NOT_LIST = [5, 0, false, true, {}, 'a', '', [null], [5], ['a'], [[]]];

/** What is part of the answer, and values that it can't be. */
const WRONG: readonly (readonly [field: string, values: readonly unknown[]])[] = [
  ['message', [5, 'a', '', true, false, [], [{ content: 'a' }]]],
  ['done', [5, 0, 'yes', 'true', '', {}, []]],
  ['logprobs', [...NOT_LIST, [{ token: 5 }], [{ logprob: 'a' }], [{ token: 'a', bytes: 'a' }]]],
  ['logprobs', [[logprob, { ...logprob, top_logprobs: [{ top_logprobs: [5] }] }]]],
  ['context', [5, 'a', {}, ['a'], [1, null]]],
  ['message.role', NOT_TEXT],
  ['message.content', NOT_TEXT],
  ['message.thinking', NOT_TEXT],
  ['message.tool_name', NOT_TEXT],
  ['message.tool_call_id', NOT_TEXT],
  ['message.images', [5, 'a', true, {}, [5], ['a', null]]],
  [
    'message.tool_calls',
    [...NOT_LIST, [call, null], [{}], [{ function: [] }], [{ function: 'a' }]],
  ],
  [
    'message.tool_calls',
    [[{ ...call, id: 5 }], [{ function: { name: {} } }], [{ ...call, index: 'a' }]],
  ],
  ['message.tool_calls', [[{ function: { name: 'add', index: '0' } }]]],
];

const wrong = WRONG.flatMap(([path, values]) =>
  values.map((value) => {
    const [field = '', inner] = path.split('.');
    const given = inner ? line({}, { [inner]: value }) : line({ [field]: value });
    return [path, JSON.stringify(value), given] as const;
  }),
);

const STATISTICS = [
  'total_duration',
  'load_duration',
  'prompt_eval_count',
  'prompt_eval_duration',
  'eval_count',
  'eval_duration',
];
const DESCRIPTIONS = ['model', 'created_at', 'done_reason', 'remote_model', 'remote_host'];
const MARKS = ['phase', 'reclassify', 'reset', 'restart', 'merged'];

describe('checkChunk', () => {
  it.each(wrong)('refuses %s: %s', (_, __, given) => {
    expect(checkChunk(structuredClone(given))).toBeUndefined();
    expect(toChatChunk(structuredClone(given))).toBeUndefined();
  });

  it('gives the very line, with fields that it does not know', () => {
    const given = line(
      {
        logprobs: [logprob],
        context: [1, 2],
        eval_count: 3,
        remote_host: 'h',
        _debug_info: { a: 1 },
      },
      {
        thinking: 'Hm',
        images: ['aGk='],
        tool_calls: [call],
        tool_name: 'a',
        tool_call_id: 'b',
        x: [],
      },
    );
    const copy = structuredClone(given);
    expect(checkChunk(given)).toBe(given);
    expect(given).toEqual(copy);
  });

  const nullable = ['role', 'thinking', 'tool_calls', 'images', 'tool_name', 'tool_call_id'];
  it.each([
    ...[...STATISTICS, ...DESCRIPTIONS, 'logprobs', 'context'].map((field) =>
      line({ [field]: null }),
    ),
    ...nullable.map((field) => line({}, { [field]: null })),
    line({ logprobs: [{}, { token: null, logprob: null, bytes: null, top_logprobs: null }] }),
    line({}, { tool_calls: [{ id: null, index: null, function: { name: null, index: null } }] }),
    line({}, { tool_calls: [] }),
  ])('leaves null as it is: %j', (given) => {
    expect(checkChunk(structuredClone(given))).toEqual(given);
  });

  it.each([
    ['content', line({}, { content: null }), line({}, { content: '' })],
    ['done', line({ done: null }), line()],
    [
      'done, where there is a reason',
      { ...line({ done_reason: 'stop' }), done: null },
      line({ done_reason: 'stop', done: true }),
    ],
    [
      'the message of a final chunk',
      { done: true },
      { done: true, message: { role: 'assistant', content: '' } },
    ],
  ])('fills in %s', (_, given, expected) => {
    expect(checkChunk(structuredClone<Line>(given))).toEqual(expected);
  });

  it.each([
    [{}],
    [{ done: false }],
    [{ done: false, message: null }],
    [{ done_reason: '' }],
    [{ detail: 'x' }],
  ])('refuses %j, and does not change it', (given: Line) => {
    const copy = structuredClone(given);
    expect(checkChunk(given)).toBeUndefined();
    expect(given).toEqual(copy);
  });

  it.each(STATISTICS)('removes a %s that is not a number of zero or more', (field) => {
    for (const value of ['12', -1, NaN, Infinity, {}, [], true, '9007199254740993']) {
      expect(checkChunk(line({ [field]: value }))).toEqual(line());
    }
    expect(checkChunk(line({ [field]: 0 }))).toEqual(line({ [field]: 0 }));
  });

  it.each(DESCRIPTIONS)('removes a %s that is not a text', (field) => {
    for (const value of [5, {}, [], true]) {
      const { [field]: _, ...rest } = line();
      expect(checkChunk(line({ [field]: value }))).toEqual(rest);
    }
  });

  it('takes no reason from what is not a text', () => {
    const { done: _, ...open } = line({ done_reason: { x: 1 } });
    expect(checkChunk(open)).toEqual(line());
  });

  it.each([
    [{ phase: 'answer', merged: 3 }],
    [{ phase: 'answer', merged: 0 }],
    [{ phase: 'tools', reset: true, restart: true, reclassify: true }],
    [{ phase: 'thinking' }],
    [{ phase: 'done' }],
    [{ phase: null, reset: null, merged: null }],
  ])('keeps the marks of operators, as in recordings: %j', (marks) => {
    expect(checkChunk(line(marks))).toEqual(line(marks));
  });

  it.each([
    ...['nonsense', 5, {}, '__proto__'].map((phase) => ({ phase })),
    ...['9', -1, 1.5, Infinity, {}].map((merged) => ({ merged })),
    ...['reset', 'restart', 'reclassify'].flatMap((mark) => [{ [mark]: 1 }, { [mark]: false }]),
  ])('refuses marks that no operator sets: %j', (marks) => {
    expect(checkChunk(line(marks))).toBeUndefined();
  });
});

describe('toChatChunk', () => {
  it.each(MARKS)('removes the mark %s: a server can not set it', (mark) => {
    for (const value of [true, 'answer', 5, null, {}]) {
      expect(toChatChunk(line({ [mark]: value }))).toEqual(line());
    }
  });

  it('reads what is deep or wide', () => {
    const deep = JSON.parse(
      '{"top_logprobs":['.repeat(100_000) + '{}' + ']}'.repeat(100_000),
    ) as object;
    const given = line(
      { logprobs: [deep, ...Array<object>(1000).fill(logprob)], x: deep },
      { tool_calls: [{ function: { name: 'add', arguments: deep } }] },
    );
    expect(toChatChunk(given)).toBe(given);
    const wide = line(
      { logprobs: Array(200_000).fill(logprob) },
      { tool_calls: Array(200_000).fill(call) },
    );
    expect(toChatChunk(wide)).toBe(wide);
  });
});
