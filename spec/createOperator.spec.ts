import { describe, expect, it } from '@jest/globals';
import {
  EMPTY,
  NEVER,
  Observable,
  Subject,
  concatWith,
  filter,
  finalize,
  from,
  merge,
  of,
  retry,
  take,
  throwError,
  timer,
  type OperatorFunction,
  type Subscriber,
} from 'rxjs';
import { createOperator, type OperatorHooks, type Emit } from '../lib/createOperator.js';
import { describeOperatorContract } from './support/contract.js';
import { marbles } from './support/marbles.js';

/** Doubles each value, and holds the last one back. */
function pairwise(): OperatorFunction<string, string> {
  return createOperator(() => {
    let held: string[] = [];
    return {
      next(value) {
        const values = held.map((each) => each + value);
        held = [value];
        return values;
      },
      flush: () => held,
    };
  });
}

/** Each value twice. */
const twice = () =>
  createOperator<string, string>(() => ({ next: (v) => [v, v], flush: () => [] }));

/** Subscribes, and writes down what comes, and `teardown` when the run has ended. */
function observe(source: Observable<string>, run: Partial<OperatorHooks<string, string>> = {}) {
  const log: unknown[] = [];
  const subscription = source
    .pipe(
      finalize(() => log.push('source')),
      createOperator<string, string>(() => ({
        next: (value) => [value],
        flush: () => ['rest'],
        teardown: () => log.push('teardown'),
        ...run,
      })),
      finalize(() => log.push('below')),
    )
    .subscribe({
      next: (value) => log.push(value),
      error: (error: unknown) => log.push(error),
      complete: () => log.push('complete'),
    });
  return { log, subscription };
}

describeOperatorContract({
  name: 'what operate makes',
  operator: () =>
    createOperator((): OperatorHooks<unknown, unknown> => ({ next: (v) => [v], flush: () => [] })),
  throwing: (error) =>
    createOperator(() => ({
      next() {
        throw error;
      },
      flush: () => [],
    })),
});

describeOperatorContract({
  name: 'what operate makes of a run that ends by itself',
  operator: (scheduler) =>
    createOperator(
      (send: Emit<unknown>, out: Subscriber<unknown>): OperatorHooks<unknown, unknown> => {
        let all: unknown[] = [];
        const take = () => all.splice(0);
        return {
          next(value) {
            all = [...all, value];
            return [];
          },
          flush: take,
          complete() {
            out.add(
              scheduler.schedule(() => {
                send(take());
                out.complete();
              }, 10),
            );
          },
        };
      },
    ),
  emitsLater: true,
});

describe('operate', () => {
  describe('emits', () => {
    // prettier-ignore
    it('what the run makes of each value, and at the end what it held back', marbles((m) => {
      const source = m.cold('  -a-b-c-|   ');
      const expected = '       ---x-y-(c|)';
      const subs = '           ^------!   ';
      m.expect(source.pipe(pairwise())).toBeObservable(expected, { x: 'ab', y: 'bc', c: 'c' });
      m.expect(source).toHaveSubscriptions(subs);
    }));

    // prettier-ignore
    it('what was held back before an error', marbles((m) => {
      const source = m.cold('  -a-b-#   ');
      const expected = '       ---x-(b#)';
      const subs = '           ^----!   ';
      m.expect(source.pipe(pairwise())).toBeObservable(expected, { x: 'ab', b: 'b' });
      m.expect(source).toHaveSubscriptions(subs);
    }));

    // prettier-ignore
    it('nothing that was held back when the consumer leaves', marbles((m) => {
      const source = m.cold('  -a-b-c-|');
      const unsub = '          ----!   ';
      const expected = '       ---x-   ';
      const subs = '           ^---!   ';
      m.expect(source.pipe(pairwise()), unsub).toBeObservable(expected, { x: 'ab' });
      m.expect(source).toHaveSubscriptions(subs);
    }));

    // prettier-ignore
    it('what the run sends by itself, while the source is silent', marbles((m) => {
      const late = createOperator<string, string>((send, out) => ({
        next(value) {
          out.add(timer(2).subscribe(() => { send([value]); }));
          return [];
        },
        flush: () => [],
      }));
      const source = m.cold('  -a--b--c|');
      const expected = '       ---a--b-|';
      m.expect(source.pipe(late)).toBeObservable(expected);
    }));
  });

  describe('ends', () => {
    const error = new Error('from the source');

    it('in order: value, rest, completion, teardown of the source, of the run, and below', () => {
      expect(observe(of('a')).log).toEqual([
        'a',
        'rest',
        'complete',
        ...['source', 'teardown', 'below'],
      ]);
    });

    it('in the same order with a source that takes its time', () => {
      const source = new Subject<string>();
      const { log } = observe(source);
      source.next('a');
      source.complete();
      expect(log).toEqual(['a', 'rest', 'complete', 'source', 'teardown', 'below']);
      expect(source.observed).toBe(false);
    });

    it('in the same order with an error, which stays the same object', () => {
      const { log } = observe(of('a').pipe(concatWith(throwError(() => error))));
      expect(log).toEqual(['a', 'rest', error, 'source', 'teardown', 'below']);
      expect(log[2]).toBe(error);
    });

    it('with no word when the consumer leaves: the source is let go first', () => {
      const source = new Subject<string>();
      const { log, subscription } = observe(source);
      source.next('a');
      subscription.unsubscribe();
      expect(source.observed).toBe(false);
      expect(log).toEqual(['a', 'source', 'teardown', 'below']);
      source.next('b');
      source.complete();
      expect(log).toHaveLength(4);
    });

    it('when the run says so, if it wants to end later', () => {
      const end = new Subject<void>();
      const log: unknown[] = [];
      const untilEnd = createOperator<string, string>((send, out) => ({
        next: (value) => [value],
        flush: () => ['rest'],
        complete() {
          const finish = () => {
            send(['late']);
            out.complete();
          };
          out.add(end.subscribe(finish));
        },
      }));
      from(['a', 'b'])
        .pipe(
          finalize(() => log.push('source')),
          untilEnd,
        )
        .subscribe({ next: (value) => log.push(value), complete: () => log.push('complete') });
      expect(log).toEqual(['a', 'b', 'source']);
      end.next();
      expect(log.slice(3)).toEqual(['late', 'complete']);
      expect(end.observed).toBe(false);
    });

    it('at once with an error, even if the run wants to end later', () => {
      const complete = () => {
        throw new Error('not called');
      };
      const { log } = observe(
        throwError(() => error),
        { complete },
      );
      expect(log.slice(0, 2)).toEqual(['rest', error]);
    });

    it('with what a callback throws, and what was held back before it', () => {
      const boom = new Error('from a callback');
      const scream = () => {
        throw boom;
      };
      const next = (value: string) => (value === 'b' ? scream() : [value]);
      expect(observe(of('a', 'b', 'c'), { next }).log.slice(0, 3)).toEqual(['a', 'rest', boom]);
      expect(observe(of('a'), { flush: scream }).log.slice(0, 2)).toEqual(['a', boom]);
      expect(observe(of('a'), { complete: scream }).log.slice(0, 3)).toEqual(['a', 'rest', boom]);
      const starting = createOperator(() => scream());
      const log: unknown[] = [];
      EMPTY.pipe(starting).subscribe({ error: (e: unknown) => log.push(e) });
      expect(log).toEqual([boom]);
    });

    // prettier-ignore
    it('in the frame of the last value that is wanted', marbles((m) => {
      const source = m.cold('  -a-b-c-|   ');
      const expected = '       -a-(b|)    ';
      const subs = '           ^--!       ';
      const firstOfEach = twice()(source).pipe(filter((_, i) => i % 2 === 0), take(2));
      m.expect(firstOfEach).toBeObservable(expected);
      m.expect(source).toHaveSubscriptions(subs);
    }));
  });

  describe('when the consumer leaves in the middle of several values', () => {
    it('emits none of the others, and stops a synchronous source', () => {
      const pulled: string[] = [];
      const seen: string[] = [];
      const produce = function* () {
        for (const value of ['a', 'b', 'c']) {
          pulled.push(value);
          yield value;
        }
      };
      from(produce())
        .pipe(twice(), take(3))
        .subscribe((value) => seen.push(value));
      expect(seen).toEqual(['a', 'a', 'b']);
      expect(pulled).toEqual(['a', 'b']);
    });

    it('emits none of what is held back', () => {
      const seen: string[] = [];
      of('a', 'b')
        .pipe(pairwise(), take(1))
        .subscribe((value) => seen.push(value));
      expect(seen).toEqual(['ab']);
    });
  });

  describe('when the consumer feeds the source from within next', () => {
    const feed = (
      react: (value: string, source: Subject<string>, log: readonly unknown[]) => void,
      operator = twice(),
    ) => {
      const source = new Subject<string>();
      const log: unknown[] = [];
      source.pipe(operator).subscribe({
        next: (value) => {
          log.push(value);
          react(value, source, log);
        },
        error: (error: unknown) => log.push(error),
        complete: () => log.push('complete'),
      });
      source.next('a');
      return log;
    };

    it('keeps what comes in between for afterwards', () => {
      const log = feed((_, source, { length }) => {
        if (length === 1) source.next('b');
        if (length === 3) source.next('c');
      });
      expect(log).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
    });

    it('completes after all that was to come', () => {
      const log = feed((_, source, { length }) => {
        if (length !== 1) return;
        source.next('b');
        source.complete();
      });
      expect(log).toEqual(['a', 'a', 'b', 'b', 'complete']);
    });

    it('fails after all that was to come', () => {
      const error = new Error('from the source');
      const log = feed((_, source, { length }) => {
        if (length !== 1) return;
        source.next('b');
        source.error(error);
      });
      expect(log).toEqual(['a', 'a', 'b', 'b', error]);
    });

    it('emits what is held back once, where the source ends from within', () => {
      const holding = createOperator<string, string>(() => ({
        next: (value) => [value],
        flush: () => ['rest'],
      }));
      const log = feed((_, source) => {
        source.complete();
      }, holding);
      expect(log).toEqual(['a', 'rest', 'complete']);
    });
  });

  it('takes any number of values at once', () => {
    const many = Array.from({ length: 200_000 }, (_, n) => n);
    const seen: number[] = [];
    of('a')
      .pipe(createOperator(() => ({ next: () => many, flush: () => many })))
      .subscribe((n) => seen.push(n));
    expect(seen).toEqual([...many, ...many]);
  });

  it('keeps no state between subscriptions, be they at once or one after another', () => {
    let runs = 0;
    const count = createOperator<string, number>(() => {
      runs++;
      let n = 0;
      return { next: () => [++n], flush: () => [] };
    });
    const source = of('a', 'b').pipe(count);
    const seen: number[] = [];
    merge(source, source).subscribe((n) => seen.push(n));
    expect(seen).toEqual([1, 2, 1, 2]);
    expect(runs).toBe(2);

    const retried: number[] = [];
    of('a', 'b')
      .pipe(concatWith(throwError(() => new Error('again'))), count, retry(1))
      .subscribe({ next: (n) => retried.push(n), error: () => retried.push(0) });
    expect(retried).toEqual([1, 2, 1, 2, 0]);
  });

  it('does not start a run before there is a consumer', () => {
    let started = false;
    const result = NEVER.pipe(
      createOperator(() => {
        started = true;
        return { next: () => [], flush: () => [] };
      }),
    );
    expect(started).toBe(false);
    result.subscribe().unsubscribe();
    expect(started).toBe(true);
  });
});
