import { describe, expect, it } from '@jest/globals';
import { NEVER, VirtualTimeScheduler, concat, of } from 'rxjs';
import { isOllamaError } from '../../lib/errors.js';
import { timeoutChat, type TimeoutChatOptions } from '../../lib/operators/timeoutChat.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { delta } from '../support/chunks.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done, thinking } = chunk;

const chunks = { a: answer('Hel'), b: thinking('hm'), c: delta({}), d: done() };

/** What it fails with when nothing follows the chunks. */
function failAfter(given: readonly ChatChunk[], options: TimeoutChatOptions): unknown {
  const scheduler = new VirtualTimeScheduler();
  let failure: unknown;
  concat(of(...given), NEVER)
    .pipe(timeoutChat({ ...options, scheduler }))
    .subscribe({ error: (error: unknown) => (failure = error) });
  scheduler.flush();
  return failure;
}

describeOperatorContract({
  name: 'timeoutChat without a clock',
  operator: (scheduler) => timeoutChat({ scheduler }),
  keepsType: true,
});

describe('timeoutChat', () => {
  // prettier-ignore
  it('fails when the next chunk is late, and cancels the request', diagram('timeoutChat', (m) => {
    const source = m.cold('  --a---b--------c--(d|)', chunks);
    const expected = '       --a---b----#';
    const subs = '           ^----------!';
    const error = Object.assign(new Error('No further chunk came within 5 ms (idle).'), {
      name: 'OllamaTimeoutError',
    });
    m.expect(source.pipe(timeoutChat({ idle: 5 }))).toBeObservable(expected, chunks, error);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'timeoutChat({ idle: 5 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('lets any chunk reset the idle clock, thinking and empty ones too', marbles((m) => {
    const source = m.cold('  -a---b---c---(d|)', chunks);
    const expected = '       -a---b---c---(d|)';
    m.expect(source.pipe(timeoutChat({ idle: 5 }))).toBeObservable(expected, chunks);
  }));

  // prettier-ignore
  it('waits for the first chunk on a clock of its own', marbles((m) => {
    const source = m.cold('  20ms a 9ms b--(d|)', chunks);
    const expected = '       20ms a 9ms b--(d|)';
    const patient = timeoutChat({ firstChunk: 21, idle: 11 });
    m.expect(source.pipe(patient)).toBeObservable(expected, chunks);
  }));

  // prettier-ignore
  it('fails when the first chunk is late', diagram('timeoutChat-first-chunk', (m) => {
    const source = m.cold('  ----------a-b-(d|)', chunks);
    const expected = '       -------#';
    const subs = '           ^------!';
    const error = Object.assign(new Error('No chunk came within 7 ms (firstChunk).'), {
      name: 'OllamaTimeoutError',
    });
    m.expect(source.pipe(timeoutChat({ firstChunk: 7 }))).toBeObservable(expected, {}, error);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'timeoutChat({ firstChunk: 7 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('limits the whole, however lively it is', diagram('timeoutChat-total', (m) => {
    const source = m.cold('  -a--b--a--b--a--b', chunks);
    const expected = '       -a--b--a--b-#';
    const error = Object.assign(new Error('There was no end within 12 ms (total).'), {
      name: 'OllamaTimeoutError',
    });
    m.expect(source.pipe(timeoutChat({ total: 12 }))).toBeObservable(expected, chunks, error);
    m.expect(source).toHaveSubscriptions('^-----------!');
    return { inputs: { source }, call: 'timeoutChat({ total: 12 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('is not idle after the final chunk', marbles((m) => {
    const source = m.cold('  -a-d 30ms |', chunks);
    const expected = '       -a-d 30ms |';
    m.expect(source.pipe(timeoutChat({ idle: 5 }))).toBeObservable(expected, chunks);
  }));

  it('says which clock ran out, and what had arrived', () => {
    const partial = { role: 'assistant', content: 'Hello' };
    for (const kind of ['idle', 'total'] as const) {
      const error = failAfter([answer('Hel'), answer('lo')], { [kind]: 5 });
      expect(
        isOllamaError(error, 'timeout') && { kind: error.kind, partial: error.partial },
      ).toEqual({
        kind,
        partial,
      });
    }
    const error = failAfter([], { firstChunk: 5, total: 9 });
    expect(isOllamaError(error, 'timeout') && error.kind).toBe('firstChunk');
    expect(error).not.toHaveProperty('partial');
  });

  it('leaves no timer behind, however it ends', () => {
    const scheduler = new VirtualTimeScheduler();
    const all = { firstChunk: 5, idle: 5, total: 9, scheduler };
    of(answer('Hi'), done()).pipe(timeoutChat(all)).subscribe();
    expect(scheduler.actions).toHaveLength(0);
    const subscription = concat(of(answer('Hi')), NEVER)
      .pipe(timeoutChat(all))
      .subscribe();
    expect(scheduler.actions).not.toHaveLength(0);
    subscription.unsubscribe();
    expect(scheduler.actions).toHaveLength(0);
  });
});
