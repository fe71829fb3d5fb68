import { describe, expect, it } from '@jest/globals';
import { from } from 'rxjs';
import { OllamaToolError } from '../../lib/errors.js';
import { collectToolCalls } from '../../lib/operators/collectToolCalls.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks, IdentifiedToolCall, ToolCall } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, toolCall } = chunk;

describeOperatorContract({
  name: 'collectToolCalls',
  operator: () => collectToolCalls(),
  emitsLater: true,
});

const add = (a: number, args: unknown = { a }): ToolCall =>
  ({ function: { name: 'add', arguments: args } }) as ToolCall;

const identified = (...numbers: readonly number[]): IdentifiedToolCall[] =>
  numbers.map((a, place) => ({ ...add(a), id: `call_${String(place)}` }));

const chunks: Readonly<Record<string, ChatChunk & ChunkMarks>> = {
  a: answer('Let me add.'),
  x: toolCall('add', { a: 0 }),
  y: toolCall('add', { a: 1 }),
  b: delta({ tool_calls: [add(0), add(1, '{"a":1}')] }),
  n: { ...toolCall('add', { a: 2 }), reset: true },
  v: { ...toolCall('add', { a: 2 }), reset: true, restart: true },
  o: { ...answer(''), reset: true },
  d: done(),
  f: { ...done(), message: delta({ tool_calls: [add(2)] }).message },
  g: { ...done(), message: delta({ tool_calls: [add(0), add(1)] }).message },
};

const lists: Readonly<Record<string, IdentifiedToolCall[]>> = {
  e: [],
  x: identified(0),
  r: identified(0, 1),
  s: identified(0, 1, 2),
  n: [
    { ...add(2), id: 'call_0' },
    { ...add(1), id: 'call_1' },
  ],
  p: [...identified(0), { ...add(2), id: 'call_1' }],
  v: [{ ...add(2), id: 'call_0' }],
};

describe('collectToolCalls', () => {
  // prettier-ignore
  it('emits all calls once, at the end', diagram('collectToolCalls', (m) => {
    const source = m.cold('  --a---b---(f|)', chunks);
    const expected = '       ----------(s|)';
    const subs = '           ^---------!';
    m.expect(source.pipe(collectToolCalls())).toBeObservable(expected, lists);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'collectToolCalls()', results: { result: expected } };
  }));

  // prettier-ignore
  it('finds calls in chunks of their own, around text, and on the final chunk alone', marbles((m) => {
    const expected = '               ---------(r|)';
    const consecutive = m.cold('     -a-x-y---(d|)', chunks);
    m.expect(consecutive.pipe(collectToolCalls())).toBeObservable(expected, lists);
    const around = m.cold('          -x-a-y-a-(d|)', chunks);
    m.expect(around.pipe(collectToolCalls())).toBeObservable(expected, lists);
    const last = m.cold('            -a-------(g|)', chunks);
    m.expect(last.pipe(collectToolCalls())).toBeObservable(expected, lists);
  }));

  // prettier-ignore
  it('emits an empty list when there are none, be it for want of chunks', marbles((m) => {
    const source = m.cold('           -a-(d|)', chunks);
    m.expect(source.pipe(collectToolCalls())).toBeObservable('---(e|)', lists);
    const empty = m.cold<ChatChunk>(' -|');
    m.expect(empty.pipe(collectToolCalls())).toBeObservable('-(e|)', lists);
  }));

  // prettier-ignore
  it('starts over when the request was made again', marbles((m) => {
    const source = m.cold('  -x-y-n-y-(d|)', chunks);
    const expected = '       ---------(n|)';
    m.expect(source.pipe(collectToolCalls())).toBeObservable(expected, lists);
    const silent = m.cold('  -x-y-o---(d|)', chunks);
    const none = '           ---------(e|)';
    m.expect(silent.pipe(collectToolCalls())).toBeObservable(none, lists);
  }));

  // prettier-ignore
  it('collects from all steps of a run of tools, also if one, or the whole run, is made again', marbles((m) => {
    const source = m.cold('  -x-d-y-d-(f|)', chunks);
    const expected = '       ---------(s|)';
    m.expect(source.pipe(collectToolCalls())).toBeObservable(expected, lists);
    const again = m.cold('   -x-d-y-n-(d|)', chunks);
    const kept = '           ---------(p|)';
    m.expect(again.pipe(collectToolCalls())).toBeObservable(kept, lists);
    const whole = m.cold('   -x-d-y-v-(d|)', chunks);
    const last = '           ---------(v|)';
    m.expect(whole.pipe(collectToolCalls())).toBeObservable(last, lists);
  }));

  // prettier-ignore
  it('emits nothing when the source fails, since there might have been more', diagram('collectToolCalls-error', (m) => {
    const source = m.cold('  -x-y-#', chunks);
    const expected = '       -----#';
    const subs = '           ^----!';
    m.expect(source.pipe(collectToolCalls())).toBeObservable(expected, lists);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'collectToolCalls()', results: { result: expected } };
  }));

  // prettier-ignore
  it('lets go of the source in the frame the consumer leaves', marbles((m) => {
    const source = m.cold('  -x-y-x-', chunks);
    const unsub = '          ----!';
    const expected = '       -----';
    const subs = '           ^---!';
    m.expect(source.pipe(collectToolCalls()), unsub).toBeObservable(expected, lists);
    m.expect(source).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('collects from a synchronous source', marbles((m) => {
    const source = m.cold('  (abf|)', chunks);
    const expected = '       (s|)';
    m.expect(source.pipe(collectToolCalls())).toBeObservable(expected, lists);
  }));

  it('gives each subscriber a list of its own', () => {
    const result = from([toolCall('add', { a: 0 }), done()]).pipe(collectToolCalls());
    const given: IdentifiedToolCall[][] = [];
    result.subscribe((calls) => given.push(calls));
    given[0]?.pop();
    result.subscribe((calls) => given.push(calls));
    expect(given).toEqual([[], identified(0)]);
  });

  it('fails with the call whose arguments are no object', () => {
    const log: unknown[] = [];
    from([toolCall('add'), delta({ tool_calls: [add(1, '{"a":')] }), done()])
      .pipe(collectToolCalls())
      .subscribe({ next: (calls) => log.push(calls), error: (error: unknown) => log.push(error) });
    expect(log).toEqual([expect.any(OllamaToolError)]);
    expect(log[0]).toMatchObject({ call: add(1, '{"a":'), partial: { tool_calls: { length: 2 } } });
  });
});
