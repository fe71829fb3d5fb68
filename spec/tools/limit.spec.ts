import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, Subject, defer, from, merge, mergeMap, noop, of, range } from 'rxjs';
import { limit } from '../../lib/tools/limit.js';
import { marbles } from '../support/marbles.js';

describe('limit', () => {
  // prettier-ignore
  it('subscribes to so many sources, and to the next when one completes', marbles((m) => {
    const limited = limit(2);
    const a = m.cold('  --a---|');
    const b = m.cold('  --|');
    const c = m.cold('    ---c|');
    const d = m.cold('        -d|');
    const expected = '  --a--c-d|';
    m.expect(merge(...[a, b, c, d].map(limited))).toBeObservable(expected);
    m.expect(a).toHaveSubscriptions('^-----!');
    m.expect(b).toHaveSubscriptions('^-!');
    m.expect(c).toHaveSubscriptions('--^---!');
    m.expect(d).toHaveSubscriptions('------^-!');
  }));

  // prettier-ignore
  it('lets a source that is unsubscribed from while it waits lose its turn', marbles((m) => {
    const limited = limit(1);
    const a = m.cold('  ----|');
    const b = m.cold('  b|');
    const c = m.cold('      c|');
    m.expect(limited(a)).toBeObservable('----|');
    m.expect(limited(b), '^-!').toBeObservable('---');
    m.expect(limited(c)).toBeObservable('----c|');
    m.expect(b).toHaveSubscriptions([]);
  }));

  it('starts nothing while a run is being unsubscribed from, and frees the places', () => {
    const limited = limit(1);
    const started: string[] = [];
    const source = (name: string) =>
      defer(() => {
        started.push(name);
        return NEVER;
      });
    const run = merge(limited(source('a')), limited(source('b'))).subscribe();
    run.unsubscribe();
    expect(started).toEqual(['a']);
    limited(source('c')).subscribe();
    expect(started).toEqual(['a', 'c']);
  });

  it('starts nothing after an error, which ends the run', () => {
    const limited = limit(1);
    const failing = new Subject<never>();
    const started: string[] = [];
    const waiting = defer(() => {
      started.push('b');
      return EMPTY;
    });
    const errors: unknown[] = [];
    merge(limited(failing), limited(waiting)).subscribe({
      error: (error: unknown) => errors.push(error),
    });
    failing.error(new Error('broken'));
    expect([started, errors]).toEqual([[], [new Error('broken')]]);
  });

  it('runs any number of synchronous sources, also those that had to wait', () => {
    const limited = limit(1);
    const first = new Subject<never>();
    let count = 0;
    limited(first).subscribe({ error: noop });
    range(10_000)
      .pipe(mergeMap((n) => limited(of(n))))
      .subscribe(() => count++);
    expect(count).toBe(0);
    first.complete();
    expect(count).toBe(10_000);
  });

  it('is shared by all who use it, and has no bound with Infinity', () => {
    let running = 0;
    const source = defer(() => {
      running++;
      return NEVER;
    });
    const two = limit(2);
    two(source).subscribe();
    from([1, 2, 3])
      .pipe(mergeMap(() => two(source)))
      .subscribe();
    expect(running).toBe(2);
    const any = limit(Infinity);
    range(100)
      .pipe(mergeMap(() => any(source)))
      .subscribe();
    expect(running).toBe(102);
  });
});
