import { describe, expect, it, jest } from '@jest/globals';
import {
  NEVER,
  Observable,
  VirtualTimeScheduler,
  concat,
  defer,
  finalize,
  from,
  of,
  take,
  throwError,
} from 'rxjs';
import type { Streamed } from '../../lib/tools/events.js';
import { chunk } from '../../lib/testing/index.js';
import { listen } from '../sources/support.js';
import { ENCODERS, type Encoder } from './encoders.js';
import { SECRETS, failing, failingTool, secretError, twoTools } from './runs.js';

const chat: readonly Streamed[] = [chunk.thinking('Hm.'), chunk.answer('Hello'), chunk.done()];

/** Values that can't be JSON, or are not of a chat. */
const circular: Record<string, unknown> = {};
circular['self'] = circular;
const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown;
const progress = (value: unknown) =>
  ({
    type: 'tool-progress',
    step: 1,
    call: { id: 'a', function: { name: 'add', arguments: {} } },
    value,
  }) as const;

/** What values say of the end, and how many follow. */
const endsOf = ({ endOf }: Encoder, values: readonly unknown[]) =>
  values.flatMap((value, at) => {
    const end = endOf(value);
    return end ? [[end, values.length - 1 - at]] : [];
  });

describe.each(ENCODERS)('$name', (encoder) => {
  const { create } = encoder;

  it.each<[string, Observable<Streamed>, string]>([
    ['a chat', from(chat), 'completed'],
    ['a run', twoTools(), 'completed'],
    ['a run of which a tool fails', failingTool(), 'completed'],
    ['an error in mid-stream', failing(secretError()), 'failed'],
    ['an error at once', throwError(() => secretError()), 'failed'],
    [
      'an error that is not an object',
      new Observable((subscriber) => {
        subscriber.error(undefined);
      }),
      'failed',
    ],
    ['a text', of('Hello' as unknown as Streamed), 'failed'],
    ['nothing', of(undefined as unknown as Streamed), 'failed'],
    ...[
      { done: true },
      { done: true, message: null },
      { done: false, message: 'Hello' },
      { event: 'chunk' },
      { data: '{}' },
    ].map((value): [string, Observable<Streamed>, string] => [
      `a value that lacks something, ${JSON.stringify(value)},`,
      of(value as unknown as Streamed),
      'failed',
    ]),
  ])('ends with exactly one value that says how %s ended', async (_, source, end) => {
    const { values, error } = await listen(source.pipe(create()));
    expect(error).toBeUndefined();
    expect(endsOf(encoder, values)).toEqual([[end, 0]]);
  });

  it('lets no secret of an error through', async () => {
    const sources: Observable<Streamed>[] = [failing(secretError()), failingTool()];
    const all = await Promise.all(sources.map((source) => listen(source.pipe(create()))));
    const text = JSON.stringify(all);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  });

  it('does nothing before it is subscribed to, and starts clean each time', async () => {
    let count = 0;
    const encoded$ = defer(() => {
      count++;
      return from(chat);
    }).pipe(create());
    expect(count).toBe(0);
    const first = await listen(encoded$);
    expect(await listen(encoded$)).toEqual(first);
    expect(count).toBe(2);
  });

  it('unsubscribes in the same frame, and leaves no timer', () => {
    const scheduler = new VirtualTimeScheduler();
    let isStopped = false;
    const subscription = NEVER.pipe(
      finalize(() => {
        isStopped = true;
      }),
      create(scheduler),
    ).subscribe();
    subscription.unsubscribe();
    expect(isStopped).toBe(true);
    expect(scheduler.actions).toEqual([]);
  });

  it('leaves no timer at its end', () => {
    const scheduler = new VirtualTimeScheduler();
    from(chat).pipe(create(scheduler)).subscribe();
    throwError(() => secretError())
      .pipe(create(scheduler))
      .subscribe();
    expect(scheduler.actions).toEqual([]);
  });

  it('stops a synchronous source', () => {
    let count = 0;
    new Observable<Streamed>((subscriber) => {
      while (!subscriber.closed && count < 1000) {
        count++;
        subscriber.next(chunk.answer('x'));
      }
    })
      .pipe(create(), take(5))
      .subscribe();
    expect(count).toBeLessThan(10);
  });

  it('uses no other clock than its scheduler', () => {
    const timers = jest.spyOn(globalThis, 'setInterval');
    concat(from(chat), NEVER).pipe(create(new VirtualTimeScheduler())).subscribe().unsubscribe();
    expect(timers).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });
});

describe.each(ENCODERS.filter(({ writesValues }) => writesValues))('$name', (encoder) => {
  const { create, endOf } = encoder;

  it.each([
    ['contains itself', circular],
    ['is too deep', deep],
  ])('fails at a value of a tool that %s', async (_, value) => {
    const { values } = await listen(of(progress(value)).pipe(create()));
    expect(endsOf(encoder, values)).toEqual([['failed', 0]]);
  });

  it('writes a bigint as its digits', async () => {
    const { values } = await listen(of(progress(2n ** 64n)).pipe(create()));
    expect(values.map(endOf)).not.toContain('failed');
    expect(JSON.stringify(values)).toContain('18446744073709551616');
  });
});
