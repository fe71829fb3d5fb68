import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { NEVER, Subject, VirtualTimeScheduler, concat, finalize, of } from 'rxjs';
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
    const error = Object.assign(new Error('No further chunk came within 50 ms (idle).'), {
      name: 'OllamaTimeoutError',
    });
    m.expect(source.pipe(timeoutChat({ idle: 50 }))).toBeObservable(expected, chunks, error);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'timeoutChat({ idle: 50 })', results: { result: expected } };
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
    const error = Object.assign(new Error('No chunk came within 70 ms (firstChunk).'), {
      name: 'OllamaTimeoutError',
    });
    m.expect(source.pipe(timeoutChat({ firstChunk: 70 }))).toBeObservable(expected, {}, error);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'timeoutChat({ firstChunk: 70 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('limits the whole time, though chunks arrive', diagram('timeoutChat-total', (m) => {
    const source = m.cold('  -a--b--a--b--a--b', chunks);
    const expected = '       -a--b--a--b-#';
    const error = Object.assign(new Error('There was no end within 120 ms (total).'), {
      name: 'OllamaTimeoutError',
    });
    m.expect(source.pipe(timeoutChat({ total: 120 }))).toBeObservable(expected, chunks, error);
    m.expect(source).toHaveSubscriptions('^-----------!');
    return { inputs: { source }, call: 'timeoutChat({ total: 120 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('is not idle after the final chunk', marbles((m) => {
    const source = m.cold('  -a-d 30ms |', chunks);
    const expected = '       -a-d 30ms |';
    m.expect(source.pipe(timeoutChat({ idle: 5 }))).toBeObservable(expected, chunks);
  }));

  // prettier-ignore
  it('sets no idle limit between the messages of a run', diagram('timeoutChat-run', (m) => {
    const source = m.cold('  -a-d 300ms a-d--a----------', chunks);
    const expected = '       -a-d 300ms a-d--a----#';
    const subs = '           ^--- 300ms ----------!';
    const error = Object.assign(new Error('No further chunk came within 50 ms (idle).'), {
      name: 'OllamaTimeoutError',
    });
    m.expect(source.pipe(timeoutChat({ idle: 50 }))).toBeObservable(expected, chunks, error);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'timeoutChat({ idle: 50 })', results: { result: expected } };
  }));

  // prettier-ignore
  it('is idle between the attempts of a message that starts over', marbles((m) => {
    const reset = { ...chunks, r: { ...chunks.a, reset: true as const } };
    const source = m.cold('  -d-a--r------', reset);
    const expected = '       -d-a--r----#';
    const error = { name: 'OllamaTimeoutError', message: 'No further chunk came within 5 ms (idle).' };
    m.expect(source.pipe(timeoutChat({ idle: 5 }))).toBeObservable(expected, reset, error);
  }));

  it.each(['firstChunk', 'idle', 'total'] as const)(
    'tears down the source and all timers before it tells that %s passed',
    (kind) => {
      const scheduler = new VirtualTimeScheduler();
      const order: unknown[] = [];
      concat(kind === 'firstChunk' ? of() : of(chunks.a), NEVER)
        .pipe(
          finalize(() => order.push('source')),
          timeoutChat({ firstChunk: 99, idle: 99, total: 99, scheduler, [kind]: 5 }),
          finalize(() => order.push('below')),
        )
        .subscribe({
          error: (error: unknown) => {
            order.push(isOllamaError(error, 'timeout') && error.kind, scheduler.actions.length);
          },
        });
      scheduler.flush();
      expect(order).toEqual(['source', kind, 0, 'below']);
    },
  );

  it('keeps its limits when the clock of the computer is set', () => {
    const jump = fc.record({
      at: fc.nat(60),
      by: fc.constantFrom(-3_600_000, -7.5, 7.5, 3_600_000),
    });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }),
        fc.array(jump, { maxLength: 3 }),
        fc.constantFrom('idle', 'total', 'firstChunk'),
        fc.boolean(),
        (pauses, jumps, kind, inBursts) => {
          const scheduler = new VirtualTimeScheduler();
          let offset = 0;
          scheduler.now = () => scheduler.frame + offset;
          for (const { at, by } of jumps) scheduler.schedule(() => (offset += by), at);
          const source = new Subject<ChatChunk>();
          let latest = 0;
          const times = pauses.map((pause) => (latest += pause));
          for (const at of times) {
            scheduler.schedule(() => {
              source.next(chunks.a);
              if (inBursts) source.next(chunks.b);
            }, at);
          }
          let failedAt: number | undefined;
          source.pipe(timeoutChat({ [kind]: 10, scheduler })).subscribe({
            error: () => (failedAt = scheduler.frame),
          });
          scheduler.flush();
          const expected = {
            idle: times.length ? latest + 10 : undefined,
            total: 10,
            firstChunk: times.length ? undefined : 10,
          };
          if (kind === 'idle' && inBursts && jumps.length && times.length) {
            // Chunks that share a timer: never early, and at most twice as late.
            expect(failedAt).toBeGreaterThanOrEqual(latest + 10);
            expect(failedAt).toBeLessThanOrEqual(latest + 20);
          } else expect(failedAt).toBe(expected[kind]);
        },
      ),
    );
  });

  it('sets one timer for all chunks of one ms', () => {
    const scheduler = new VirtualTimeScheduler();
    const timers = jest.spyOn(scheduler, 'schedule');
    const source = new Subject<ChatChunk>();
    source.pipe(timeoutChat({ idle: 10, scheduler })).subscribe();
    for (let i = 0; i < 100; i++) source.next(chunks.a);
    expect(timers).toHaveBeenCalledTimes(1);
  });

  it('is neither early nor silent for ever when the clock stands still', () => {
    const scheduler = new VirtualTimeScheduler();
    scheduler.now = () => 1_800_000_000_000;
    const source = new Subject<ChatChunk>();
    let failedAt: number | undefined;
    source
      .pipe(timeoutChat({ idle: 10, scheduler }))
      .subscribe({ error: () => (failedAt = scheduler.frame) });
    for (const at of [0, 7, 14]) {
      scheduler.schedule(() => {
        source.next(chunks.a);
      }, at);
    }
    scheduler.flush();
    expect(failedAt).toBe(30);
  });

  it.each([
    [5, 10],
    [6, 20],
  ])('ends a burst, with a clock that lost %i of 10 ms, after %i', (lost, expected) => {
    const scheduler = new VirtualTimeScheduler();
    scheduler.now = () => Math.max(0, scheduler.frame - lost);
    const source = new Subject<ChatChunk>();
    let failedAt: number | undefined;
    source
      .pipe(timeoutChat({ idle: 10, scheduler }))
      .subscribe({ error: () => (failedAt = scheduler.frame) });
    for (const chunk of [chunks.a, chunks.b]) source.next(chunk);
    scheduler.flush();
    expect(failedAt).toBe(expected);
  });

  it('refuses to be without any limit', () => {
    expect(() => {
      Reflect.apply(timeoutChat, undefined, []);
    }).toThrow(
      new TypeError('timeoutChat() has no limit. Set one, such as timeoutChat({ idle: 30_000 }).'),
    );
  });

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
