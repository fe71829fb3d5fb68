import { describe, expect, it } from '@jest/globals';
import { Subject, from, take, tap } from 'rxjs';
import { OllamaToolError } from '../../lib/errors.js';
import { toolCalls } from '../../lib/operators/toolCalls.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks, IdentifiedToolCall, ToolCall } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking, toolCall } = chunk;

describeOperatorContract({ name: 'toolCalls', operator: () => toolCalls() });

/** A call as it may stand on the wire, whether the types allow it or not. */
const raw = (name: string, args: unknown, fields: object = {}): ToolCall =>
  ({ ...fields, function: { name, arguments: args } }) as ToolCall;

const identified = (id: string, a: number): IdentifiedToolCall => ({
  id,
  function: { name: 'add', arguments: { a } },
});

const chunks: Readonly<Record<string, ChatChunk & ChunkMarks>> = {
  t: thinking('Hm'),
  a: answer('Let me add.'),
  x: toolCall('add', { a: 0 }),
  y: toolCall('add', { a: 1 }),
  z: toolCall('add', { a: 2 }),
  b: delta({ tool_calls: [raw('add', { a: 0 }), raw('add', { a: 1 })] }),
  c: delta({ thinking: 'Hm', content: 'So:', tool_calls: [raw('add', { a: 0 })] }),
  f: { ...done(), message: delta({ tool_calls: [raw('add', { a: 2 })] }).message },
  n: { ...toolCall('add', { a: 2 }), reset: true },
  v: { ...toolCall('add', { a: 2 }), reset: true, restart: true },
  d: done(),
};

const calls: Readonly<Record<string, IdentifiedToolCall>> = {
  x: identified('call_0', 0),
  y: identified('call_1', 1),
  z: identified('call_2', 2),
  n: identified('call_1', 2),
  w: identified('call_0', 2),
};

const readAll = (...given: readonly ToolCall[]): IdentifiedToolCall[] => {
  const read: IdentifiedToolCall[] = [];
  from([delta({ tool_calls: given }), done()])
    .pipe(toolCalls())
    .subscribe((call) => read.push(call));
  return read;
};

describe('toolCalls', () => {
  // prettier-ignore
  it('emits the calls of a chunk as it comes', diagram('toolCalls', (m) => {
    const source = m.cold('  --a---b---(f|)', chunks);
    const expected = '       ------(xy)(z|)';
    const subs = '           ^---------!';
    m.expect(source.pipe(toolCalls())).toBeObservable(expected, calls);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'toolCalls()', results: { result: expected } };
  }));

  // prettier-ignore
  it('emits one call a chunk where the server sends them so', marbles((m) => {
    const source = m.cold('  -t-a-x-y-z-(d|)', chunks);
    const expected = '       -----x-y-z-|   ';
    m.expect(source.pipe(toolCalls())).toBeObservable(expected, calls);
  }));

  // prettier-ignore
  it('finds calls between and beside text', marbles((m) => {
    const source = m.cold('  -a-c-a-y-a-(d|)', chunks);
    const expected = '       ---x---y---|   ';
    m.expect(source.pipe(toolCalls())).toBeObservable(expected, calls);
  }));

  // prettier-ignore
  it('counts places through a run of tools, and again where a request was made again', marbles((m) => {
    const source = m.cold('  -x-d-y-n-(d|)', chunks);
    const expected = '       -x---y-n-|   ';
    m.expect(source.pipe(toolCalls())).toBeObservable(expected, calls);
    const run = m.cold('     -x-d-y-v-(d|)', chunks);
    const all = '            -x---y-w-|   ';
    m.expect(run.pipe(toolCalls())).toBeObservable(all, calls);
  }));

  // prettier-ignore
  it('ends as the source does, in the same frame', marbles((m) => {
    const failing = m.cold(' -a-x-#', chunks);
    const expected = '       ---x-#';
    m.expect(failing.pipe(toolCalls())).toBeObservable(expected, calls);
    const without = m.cold(' -t-a-(d|)', chunks);
    m.expect(without.pipe(toolCalls())).toBeObservable('-----|');
    const empty = m.cold<ChatChunk>('---|');
    m.expect(empty.pipe(toolCalls())).toBeObservable('---|');
  }));

  // prettier-ignore
  it('lets go of the source in the frame the consumer leaves', marbles((m) => {
    const source = m.cold('  -a-x-y-z-', chunks);
    const unsub = '          ------!';
    const expected = '       ---x-y';
    const subs = '           ^-----!';
    m.expect(source.pipe(toolCalls()), unsub).toBeObservable(expected, calls);
    m.expect(source).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('emits the calls of a synchronous source in order', marbles((m) => {
    const source = m.cold('  (abf|)', chunks);
    const expected = '       (xyz|)';
    m.expect(source.pipe(toolCalls())).toBeObservable(expected, calls);
  }));

  // prettier-ignore
  it('stops between two calls of a chunk when the consumer has enough', marbles((m) => {
    const source = m.cold('  --b---', chunks);
    const expected = '       --(x|)';
    const subs = '           ^-!';
    m.expect(source.pipe(toolCalls(), take(1))).toBeObservable(expected, calls);
    m.expect(source).toHaveSubscriptions(subs);
  }));
});

it('keeps the order of calls when a consumer of one causes another', () => {
  const chat$ = new Subject<ChatChunk>();
  const read: IdentifiedToolCall[] = [];
  chat$.pipe(toolCalls()).subscribe((call) => {
    read.push(call);
    if (call.id === 'call_0') chat$.next(toolCall('add', { a: 2 }));
  });
  chat$.next(delta({ tool_calls: [raw('add', { a: 0 }), raw('add', { a: 1 })] }));
  expect(read).toEqual([calls['x'], calls['y'], calls['z']]);
});

describe('a call', () => {
  it('is never merged with another that has the same name, index and arguments', () => {
    const same = { function: { index: 0, name: 'add', arguments: { a: 1 } } };
    expect(readAll(same, same, same)).toEqual(
      ['call_0', 'call_1', 'call_2'].map((id) => ({ id, ...same })),
    );
  });

  it('is one call if its id comes a second time in the message', () => {
    const same = { id: 'call_k3v9x2pq', function: { index: 0, name: 'add', arguments: { a: 1 } } };
    expect(readAll(same, raw('add', {}), same)).toEqual([
      same,
      { ...raw('add', {}), id: 'call_1' },
    ]);
  });

  it('keeps its id, and counts for the place of those that have none', () => {
    const own = raw('add', {}, { id: 'call_k3v9x2pq' });
    expect(readAll(raw('add', {}), own, raw('add', {})).map(({ id }) => id)).toEqual([
      'call_0',
      'call_k3v9x2pq',
      'call_2',
    ]);
  });

  it('gets the same id whenever it is read', () => {
    const given = [raw('add', {}), raw('sub', {})];
    expect(readAll(...given)).toEqual(readAll(...given));
  });

  it.each([
    ['an object', { a: [1, { b: null }] }, { a: [1, { b: null }] }],
    ['an empty text', '', {}],
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['JSON as text', '{"a":1}', { a: 1 }],
  ])('has an object for arguments that came as %s', (_, given, expected) => {
    expect(readAll(raw('add', given))[0]?.function.arguments).toEqual(expected);
  });

  it('keeps whatever else the server said of it', () => {
    const given = { type: 'function', function: { index: 2, name: 'add', arguments: '' } };
    expect(readAll(given as unknown as ToolCall)).toEqual([
      { id: 'call_0', type: 'function', function: { index: 2, name: 'add', arguments: {} } },
    ]);
  });
});

describe('a call that makes no sense', () => {
  const bad = raw('sub', '{"a":');
  const source = [answer('So: '), delta({ tool_calls: [raw('add', {}), bad] }), answer('later')];

  const fail = () => {
    const log: unknown[] = [];
    let pulled = 0;
    from(source)
      .pipe(
        tap(() => pulled++),
        toolCalls(),
      )
      .subscribe({ next: ({ id }) => log.push(id), error: (error: unknown) => log.push(error) });
    return { log, pulled };
  };

  it('is an error that carries it, and the message so far', () => {
    const error = fail().log.at(-1) as OllamaToolError;
    expect(error).toBeInstanceOf(OllamaToolError);
    expect(error).toMatchObject({ code: 'tool', name: 'OllamaToolError' });
    expect(error.call).toBe(bad);
    expect(error.partial).toEqual({
      role: 'assistant',
      content: 'So: ',
      tool_calls: [raw('add', {}), bad],
    });
  });

  it('comes after the good ones before it, and ends everything', () => {
    expect(fail()).toEqual({ log: ['call_0', expect.any(OllamaToolError)], pulled: 2 });
  });
});
