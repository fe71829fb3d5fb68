import { describe, expect, it } from '@jest/globals';
import { EMPTY, Observable, lastValueFrom, of, toArray } from 'rxjs';
import { isPromise } from '../../lib/transport/fromReply.js';
import { fromResult, isStream } from '../../lib/transport/fromReply.js';

const generator = async function* () {
  yield 1;
  yield 2;
};

const collect = (result: unknown): Promise<unknown[]> =>
  lastValueFrom(fromResult(result).pipe(toArray()));

describe('fromResult', () => {
  it.each([
    ['a string', 'text'],
    ['nothing', undefined],
    ['null', null],
    ['a list, as one value', [1, 2]],
    ['a set, as one value', new Set([1])],
    ['a function', generator],
    [
      'an object with the keys of a promise and a stream',
      { then: 1, getReader: null, subscribe: 'x' },
    ],
  ])('emits %s at once', (_, value) => {
    const seen: unknown[] = [];
    fromResult(value).subscribe({
      next: (each) => seen.push(each),
      complete: () => seen.push('|'),
    });
    expect(seen).toEqual([value, '|']);
    expect([isStream(value), isPromise(value)]).toEqual([false, false]);
  });

  it('waits for a promise', async () => {
    expect(await collect(Promise.resolve([1]))).toEqual([[1]]);
    await expect(collect(Promise.reject(new Error('no network')))).rejects.toThrow('no network');
    expect(isPromise(Promise.resolve())).toBe(true);
  });

  it('waits for anything with then', async () => {
    const thenable = {
      then(resolve: (value: number) => void) {
        resolve(1);
      },
    };
    expect(await collect(thenable)).toEqual([1]);
  });

  it('gives an Observable back as it is', () => {
    const source = of(1);
    expect(fromResult(source)).toBe(source);
    expect(isStream(EMPTY)).toBe(true);
  });

  it('takes the Observable of another copy of RxJS for one', () => {
    const foreign = { lift: () => foreign, subscribe: () => undefined };
    expect(foreign).not.toBeInstanceOf(Observable);
    expect(isStream(foreign)).toBe(true);
  });

  it('iterates an async iterable and a web stream', async () => {
    expect(await collect(generator())).toEqual([1, 2]);
    const { readable, writable } = new TransformStream<string, string>();
    const writer = writable.getWriter();
    void writer.write('a').then(() => writer.close());
    expect(await collect(readable)).toEqual(['a']);
    // As a browser has it that can't iterate one.
    expect(isStream({ getReader: () => undefined })).toBe(true);
  });

  it('stops an async iterable when the consumer leaves', async () => {
    let stopped = 0;
    const endless = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<number>>(() => undefined),
        return: async () => {
          stopped++;
          return { done: true as const, value: undefined };
        },
      }),
    };
    const subscription = fromResult(endless).subscribe();
    subscription.unsubscribe();
    expect(stopped).toBe(1);
  });
});
