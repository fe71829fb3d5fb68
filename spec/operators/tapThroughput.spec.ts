import { describe, expect, it } from '@jest/globals';
import {
  Subject,
  VirtualTimeScheduler,
  from,
  map,
  take,
  tap,
  throwError,
  type Observer,
} from 'rxjs';
import type { Throughput } from '../../lib/core/throughput.js';
import { tapThroughput } from '../../lib/operators/tapThroughput.js';
import { throughput } from '../../lib/operators/throughput.js';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk } from '../../lib/types/index.js';
import { describeOperatorContract } from '../support/contract.js';
import { diagram } from '../support/diagram.js';
import { marbles } from '../support/marbles.js';

const { answer, done } = chunk;

describeOperatorContract({
  name: 'tapThroughput',
  operator: (scheduler) => tapThroughput(() => undefined, { scheduler }),
  keepsType: true,
  throwing: (error, scheduler) =>
    tapThroughput(
      () => {
        throw error;
      },
      { scheduler },
    ),
});

const chunks: Readonly<Record<string, ChatChunk>> = {
  a: answer('Hel'),
  b: answer('lo'),
  d: done(),
};

const error = new Error('from the observer');

const pick = map(({ phase, tokens, tokensPerSecond, exact }: Throughput) => ({
  phase,
  tokens,
  exact,
  ...(tokensPerSecond !== undefined && { tokensPerSecond }),
}));

const first = { phase: 'answer', tokens: 1, exact: false } as const;

const fail = (): never => {
  throw error;
};

describe('tapThroughput', () => {
  // prettier-ignore
  it('passes every chunk through unchanged, in its frame', marbles((m) => {
    const source = m.cold('  --a---b---(d|)', chunks);
    const expected = '       --a---b---(d|)';
    const subs = '           ^---------!';
    m.expect(source.pipe(tapThroughput(() => undefined))).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(subs);
  }));

  // prettier-ignore
  it('calls the observer as the chunks arrive', diagram('tapThroughput', (m) => {
    const source = m.cold('  --a 190ms b 90ms (d|)', chunks);
    const expected = '       --a 190ms b 90ms (d|)';
    const values = '         --x 190ms y 90ms (z|)';
    const subs = '           ^- 300ms        !';
    const observer = new Subject<Throughput>();
    m.expect(observer.pipe(pick)).toBeObservable(values, {
      x: first,
      y: { ...first, tokens: 2, tokensPerSecond: 5 },
      z: { phase: 'done', tokens: 100, tokensPerSecond: 50, exact: true },
    });
    m.expect(source.pipe(tapThroughput(observer))).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(subs);
    return { inputs: { source }, call: 'tapThroughput(observer)', results: { result: expected, observer: values } };
  }));

  // prettier-ignore
  it('passes an error to the observer, and through', marbles((m) => {
    const source = m.cold('  --a-#', chunks, error);
    const expected = '       --a-#';
    const values = '         --x-#';
    const seen = new Subject<Throughput>();
    m.expect(seen.pipe(pick)).toBeObservable(values, { x: first }, error);
    m.expect(source.pipe(tapThroughput(seen))).toBeObservable(expected, chunks, error);
  }));

  // prettier-ignore
  it('passes on emptiness', marbles((m) => {
    const empty = m.cold<ChatChunk>('---|');
    m.expect(empty.pipe(tapThroughput(() => undefined))).toBeObservable('---|');
  }));

  // prettier-ignore
  it('unsubscribes from the source in the frame in which the consumer does', marbles((m) => {
    const source = m.cold('  -a-b-a-b-', chunks);
    const unsub = '          ----!';
    const expected = '       -a-b';
    const subs = '           ^---!';
    m.expect(source.pipe(tapThroughput(() => undefined)), unsub).toBeObservable(expected, chunks);
    m.expect(source).toHaveSubscriptions(subs);
  }));

  it('shows what throughput would emit', () => {
    const scheduler = new VirtualTimeScheduler();
    const chat$ = from([answer('a'), answer('b'), done()]);
    const [shown, emitted]: [Throughput[], Throughput[]] = [[], []];
    chat$.pipe(tapThroughput((value) => shown.push(value), { scheduler })).subscribe();
    chat$.pipe(throughput({ scheduler })).subscribe((value) => emitted.push(value));
    expect(shown).toHaveLength(3);
    expect(shown).toEqual(emitted);
  });

  it('calls the observer before the chunk is emitted', () => {
    const log: unknown[] = [];
    from([answer('a'), answer('b')])
      .pipe(
        tapThroughput({
          next: ({ tokens }) => log.push(tokens),
          complete: () => log.push('complete'),
        }),
      )
      .subscribe({
        next: ({ message }) => log.push(message.content),
        complete: () => log.push('end'),
      });
    expect(log).toEqual([1, 'a', 2, 'b', 'complete', 'end']);
  });

  it('calls the methods of an observer on the observer', () => {
    class Display implements Observer<Throughput> {
      readonly log: unknown[] = [];
      next({ tokens }: Throughput): void {
        this.log.push(tokens);
      }
      error(cause: unknown): void {
        this.log.push(cause);
      }
      complete(): void {
        this.log.push('complete');
      }
    }
    const display = new Display();
    from([answer('a')])
      .pipe(tapThroughput(display))
      .subscribe();
    throwError(() => error)
      .pipe(tapThroughput(display))
      .subscribe({ error: () => undefined });
    expect(display.log).toEqual([1, 'complete', error]);
  });

  it('shows nothing after the consumer has left', () => {
    const log: unknown[] = [];
    from([answer('a'), answer('b')])
      .pipe(
        tapThroughput({
          next: ({ tokens }) => log.push(tokens),
          complete: () => log.push('complete'),
        }),
        take(1),
      )
      .subscribe();
    expect(log).toEqual([1]);
  });

  it('needs no method of the observer', () => {
    const log: unknown[] = [];
    from([answer('a')])
      .pipe(tapThroughput({}))
      .subscribe((chunk) => log.push(chunk));
    expect(log).toEqual([answer('a')]);
  });

  it('counts by itself in each subscription', () => {
    const log: unknown[] = [];
    const result = from([answer('a'), answer('b')]).pipe(
      tapThroughput(({ tokens }) => log.push(tokens)),
    );
    result.subscribe();
    result.subscribe();
    expect(log).toEqual([1, 2, 1, 2]);
  });
});

describe('what an observer throws', () => {
  it.each<[string, Partial<Observer<Throughput>>, number]>([
    ['next', { next: fail }, 1],
    ['complete', { complete: fail }, 2],
  ])('in %s is the error of the result', (_, observer, expected) => {
    const log: unknown[] = [];
    let pulled = 0;
    from([answer('a'), answer('b')])
      .pipe(
        tap(() => pulled++),
        tapThroughput(observer),
      )
      .subscribe({ error: (cause: unknown) => log.push(cause), complete: () => log.push('end') });
    expect(log).toEqual([error]);
    expect(pulled).toBe(expected);
  });

  it('in error takes the place of the error', () => {
    const log: unknown[] = [];
    throwError(() => new Error('from the source'))
      .pipe(tapThroughput({ error: fail }))
      .subscribe({ error: (cause: unknown) => log.push(cause) });
    expect(log).toEqual([error]);
  });
});
