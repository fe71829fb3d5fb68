import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { NEVER, Observable, Subject, defer, from, noop, repeat, take, tap, throwError } from 'rxjs';
import { takeUntilAborted } from '../../lib/operators/takeUntilAborted.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done } = chunk;

describeOperatorContract({
  name: 'takeUntilAborted',
  operator: () => takeUntilAborted(new AbortController().signal),
  keepsType: true,
});

const chunks = { a: answer('Hel'), b: answer('lo'), d: done() };
const countListeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('takeUntilAborted', () => {
  // prettier-ignore
  it('completes when the signal aborts', diagram('takeUntilAborted', (m) => {
    const stopper = new AbortController();
    const source = m.cold('  --a--b--(d|)', chunks);
    const signal = m.cold('  ------x', { x: 'abort' });
    const expected = '       --a--b|';
    const subs = '           ^-----!';
    signal.subscribe(() => {
      stopper.abort();
    });
    m.expect(source.pipe(takeUntilAborted(stopper.signal))).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(subs);
    m.expect(signal).toHaveSubscriptions('^');
    return { inputs: { source, signal }, call: 'takeUntilAborted(signal)', results: { result: expected } };
  }));

  // prettier-ignore
  it('completes with the source while the signal has not aborted', marbles((m) => {
    const { signal } = new AbortController();
    const source = m.cold('  --a--b--(d|)', chunks);
    const expected = '       --a--b--(d|)';
    const subs = '           ^-------!';
    m.expect(source.pipe(takeUntilAborted(signal))).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('completes at once without subscribing when the signal has aborted already', marbles((m) => {
    const source = m.cold('  --a--b--(d|)', chunks);
    const expected = '       |';
    m.expect(source.pipe(takeUntilAborted(AbortSignal.abort()))).toBeObservable(expected);
    m.expect(source).toHaveSubscriptions([]);
  }));

  // prettier-ignore
  it('reads the signal at each subscription', marbles((m) => {
    const stopper = new AbortController();
    const source = m.cold('  --a|', chunks);
    const expected = '       --a--a|';
    let rounds = 0;
    const complete = () => {
      if (++rounds === 2) stopper.abort();
    };
    const result = source.pipe(
      tap({ complete }),
      takeUntilAborted(stopper.signal),
      repeat(4),
    );
    m.expect(result).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(['^--!', '---^--!']);
  }));

  it('completes in the frame of the abort, and only then: no chunk after it', () => {
    const stopper = new AbortController();
    const source = new Subject<ChatChunk>();
    const log: string[] = [];
    source.pipe(takeUntilAborted(stopper.signal)).subscribe({
      next: ({ message }) => log.push(message.content),
      complete: () => log.push('|'),
    });
    source.next(answer('a'));
    stopper.abort(new Error('the reason'));
    log.push('after');
    source.next(answer('b'));
    expect(log).toEqual(['a', '|', 'after']);
    expect(source.observed).toBe(false);
  });

  it('stops a synchronous source that aborts the signal itself', () => {
    const stopper = new AbortController();
    let produced = 0;
    const endless = new Observable<number>((subscriber) => {
      while (!subscriber.closed && produced < 100) subscriber.next(++produced);
    });
    const log: number[] = [];
    endless.pipe(takeUntilAborted(stopper.signal)).subscribe((value) => {
      log.push(value);
      if (value === 3) stopper.abort();
    });
    expect(log).toEqual([1, 2, 3]);
    expect(produced).toBe(3);
  });

  const listen = (result: Observable<unknown>) => {
    result.subscribe({ error: noop });
  };

  it.each<[string, Observable<unknown>, (result: Observable<unknown>) => void]>([
    ['the source completes', from([done()]), listen],
    ['the source fails', throwError(() => new Error('no')), listen],
    [
      'the consumer has enough',
      from([answer('a'), done()]),
      (result) => {
        listen(result.pipe(take(1)));
      },
    ],
    [
      'the consumer unsubscribes',
      NEVER,
      (result) => {
        result.subscribe().unsubscribe();
      },
    ],
  ])('removes its listener when %s', (_, source, use) => {
    const { signal } = new AbortController();
    let during = 0;
    const counted = defer(() => {
      during = countListeners(signal);
      return source;
    });
    use(counted.pipe(takeUntilAborted(signal)));
    expect(during).toBe(1);
    expect(countListeners(signal)).toBe(0);
  });

  it('removes its listener when the signal aborts', () => {
    const stopper = new AbortController();
    NEVER.pipe(takeUntilAborted(stopper.signal)).subscribe();
    expect(countListeners(stopper.signal)).toBe(1);
    stopper.abort();
    expect(countListeners(stopper.signal)).toBe(0);
  });
});
