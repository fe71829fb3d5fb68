import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, Subject, concat, defer, finalize, of, take, takeUntil } from 'rxjs';
import { expandLast } from '../../lib/tools/expandLast.js';
import { marbles } from '../support/marbles.js';

const count = (n: number) => of({ n });

describe('expandLast', () => {
  // prettier-ignore
  it('continues with what is made of the last value, when the source has completed', marbles((m) => {
    const values = { a: { next: 'b' }, x: { next: 'x' }, b: { next: 'c' }, c: { next: '' } };
    const a = m.cold('  --x-a--|', values);
    const b = m.cold('         -b|', values);
    const c = m.cold('           --(c|)', values);
    const expected = '  --x-a---b--(c|)';
    const sources: Record<string, typeof a> = { b, c };
    m.expect(a.pipe(expandLast(({ next }) => sources[next]))).toBeObservable(expected, values);
    m.expect(a).toHaveSubscriptions('^------!');
    m.expect(b).toHaveSubscriptions('-------^-!');
    m.expect(c).toHaveSubscriptions('---------^-!');
  }));

  // prettier-ignore
  it('unsubscribes from the source of the moment, and starts none after it', marbles((m) => {
    const values = { a: {} };
    const a = m.cold('  -(a|)', values);
    const b = m.cold('   -----a|', values);
    const result = a.pipe(expandLast(() => b));
    m.expect(result, '^--!').toBeObservable('-a--', values);
    m.expect(b).toHaveSubscriptions('-^-!');
  }));

  // prettier-ignore
  it('passes an error on, and starts none after it', marbles((m) => {
    const values = { a: {} };
    const a = m.cold('  -(a|)', values);
    const b = m.cold('   -(a#)', values);
    m.expect(a.pipe(expandLast(() => b))).toBeObservable('-a(a#)', values);
    m.expect(b).toHaveSubscriptions('-^!');
  }));

  it('completes after a source without a value', () => {
    const seen: unknown[] = [];
    const watch = { next: (value: unknown) => seen.push(value), complete: () => seen.push('|') };
    EMPTY.pipe(expandLast<object>(() => NEVER)).subscribe(watch);
    count(1)
      .pipe(expandLast<object>(() => EMPTY))
      .subscribe(watch);
    expect(seen).toEqual(['|', { n: 1 }, '|']);
  });

  it('passes on what `project` throws', () => {
    const problem = new Error('broken');
    const errors: unknown[] = [];
    const failing = count(1).pipe(
      expandLast((): undefined => {
        throw problem;
      }),
    );
    failing.subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([problem]);
  });

  it('needs the stack of one for any number of synchronous sources', () => {
    let last = 0;
    count(1)
      .pipe(expandLast(({ n }) => (n < 100_000 ? count(n + 1) : undefined)))
      .subscribe(({ n }) => (last = n));
    expect(last).toBe(100_000);
  });

  it('closes a synchronous source with the subscriber', () => {
    const log: string[] = [];
    const source$ = concat(
      count(1),
      defer(() => {
        log.push('rest');
        return EMPTY;
      }),
    );
    source$
      .pipe(
        expandLast(() => source$),
        take(2),
      )
      .subscribe();
    expect(log).toEqual(['rest']);
  });

  it.each(['synchronous', 'later'])('tears a source down before the next starts: %s', (when) => {
    const log: string[] = [];
    const end$ = new Subject<never>();
    const source = (name: string) =>
      defer(() => {
        log.push(name);
        return concat(of({}), when === 'later' ? end$ : EMPTY);
      }).pipe(finalize(() => log.push(`end of ${name}`)));
    source('a')
      .pipe(expandLast(() => (log.includes('b') ? undefined : source('b'))))
      .subscribe();
    end$.complete();
    expect(log).toEqual(['a', 'end of a', 'b', 'end of b']);
  });

  it('starts nothing when the subscriber leaves inside `project`', () => {
    let started = 0;
    const leave$ = new Subject<void>();
    const next$ = defer(() => {
      started++;
      return NEVER;
    });
    count(1)
      .pipe(
        expandLast<object>(() => {
          leave$.next();
          return next$;
        }),
        takeUntil(leave$),
      )
      .subscribe();
    expect(started).toBe(0);
  });
});
