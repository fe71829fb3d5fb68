import { describe, expect, it } from '@jest/globals';
import {
  NEVER,
  Observable,
  Subject,
  Subscription,
  UnsubscriptionError,
  concat,
  finalize,
  of,
  take,
  throwError,
  type Subscriber,
} from 'rxjs';
import { endAfterTeardown, readTeardownError } from '../../lib/transport/endAfterTeardown.js';
import { marbles } from '../support/marbles.js';

const broken = new Error('teardown');

const throwing = <T>(source: Observable<T>): Observable<T> =>
  source.pipe(
    finalize(() => {
      throw broken;
    }),
  );

function listen(source: Observable<unknown>): unknown[] {
  const seen: unknown[] = [];
  source.subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('complete'),
  });
  return seen;
}

describe('endAfterTeardown', () => {
  // prettier-ignore
  it.each(['-a-b-|', '-a-#', '(ab|)', '|', '#', '-a--'])('mirrors %s', marbles((m, source: string) => {
    m.expect(endAfterTeardown(m.cold(source))).toBeObservable(source);
  }));

  // prettier-ignore
  it('unsubscribes in the same frame', marbles((m) => {
    const source = m.cold('-a-b-c|');
    m.expect(endAfterTeardown(source), '---!').toBeObservable('-a-');
    m.expect(source).toHaveSubscriptions('^--!');
  }));

  it('tears down before it completes', () => {
    const source = new Subject();
    const order: string[] = [];
    endAfterTeardown(source.pipe(finalize(() => order.push('teardown')))).subscribe({
      complete: () => order.push('complete'),
    });
    source.complete();
    expect(order).toEqual(['teardown', 'complete']);
  });

  it.each([
    [
      'completes',
      (source: Subject<unknown>) => {
        source.complete();
      },
    ],
    [
      'fails',
      (source: Subject<unknown>) => {
        source.error(new Error('other'));
      },
    ],
  ])('makes what the teardown throws the error of a source that %s', (_, end) => {
    const source = new Subject();
    const seen = listen(concat(endAfterTeardown(throwing(source)), of('next')));
    source.next('a');
    end(source);
    expect(seen).toEqual(['a', broken]);
    expect(seen[1]).toBe(broken);
  });

  it('does so for a source that ends inside its subscribe', () => {
    const source = new Observable((subscriber) => {
      subscriber.next('a');
      subscriber.complete();
      return () => {
        throw broken;
      };
    });
    expect(listen(endAfterTeardown(source))).toEqual(['a', broken]);
  });

  it('continues where RxJS alone would wait for ever', () => {
    const source = new Subject();
    const seen = listen(concat(endAfterTeardown(source), of('next')));
    source.complete();
    expect(seen).toEqual(['next', 'complete']);
    expect(listen(endAfterTeardown(throwError(() => broken)))).toEqual([broken]);
  });

  it('throws to the one who unsubscribes', () => {
    const subscription = endAfterTeardown(throwing(NEVER)).subscribe();
    expect(() => {
      subscription.unsubscribe();
    }).toThrow(UnsubscriptionError);
  });

  it('stops a synchronous producer at once', () => {
    let produced = 0;
    const source = new Observable<number>((subscriber: Subscriber<number>) => {
      while (!subscriber.closed && produced < 100) subscriber.next(++produced);
    });
    expect(listen(endAfterTeardown(source).pipe(take(3)))).toEqual([1, 2, 3, 'complete']);
    expect(produced).toBe(3);
  });
});

describe('readTeardownError', () => {
  const thrownBy = (subscription: Subscription): unknown => {
    try {
      subscription.unsubscribe();
      return undefined;
    } catch (error) {
      return error;
    }
  };
  const throwBroken = () => {
    throw broken;
  };

  it('gives the one error that was thrown, or all of them', () => {
    const one = new Subscription(throwBroken);
    expect(readTeardownError(thrownBy(one))).toBe(broken);
    const two = new Subscription(throwBroken);
    two.add(throwBroken);
    expect(readTeardownError(thrownBy(two))).toMatchObject({ errors: [broken, broken] });
    expect(readTeardownError(broken)).toBe(broken);
  });
});
