import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  EMPTY,
  Observable,
  Subject,
  UnsubscriptionError,
  lastValueFrom,
  observable,
  of,
  take,
  toArray,
} from 'rxjs';
import { fromReply, fromResult, isPromise, isStream } from '../../lib/transport/fromReply.js';
import { OllamaConnectionError } from '../../lib/errors.js';
import { marbles } from '../support/marbles.js';

/** An iterable that counts what is done to it, and whose `next` gives what it is told to. */
function createIterable(results: readonly Promise<IteratorResult<string>>[]) {
  const calls: string[] = [];
  let turn = 0;
  const iterable = {
    abort: () => calls.push('abort'),
    [Symbol.asyncIterator]: (): AsyncIterator<string> => ({
      next() {
        calls.push('next');
        return results[turn++] ?? new Promise(() => undefined);
      },
      return() {
        calls.push('return');
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  return { iterable, calls };
}

const value = (text: string) => Promise.resolve({ done: false, value: text });
const END = Promise.resolve({ done: true as const, value: undefined });
/** All microtasks that are under way, and those that they lead to. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Subscribes, and writes down what arrives. */
function listen<T>(source: Observable<T>) {
  const heard: unknown[] = [];
  const subscription = source.subscribe({
    next: (it) => heard.push(it),
    error: (error: unknown) => heard.push(error),
    complete: () => heard.push('|'),
  });
  return { heard, subscription };
}

describe('fromReply of an Observable', () => {
  it('is that Observable', () => {
    const source = of('a');
    expect(fromReply(source)).toBe(source);
  });

  // prettier-ignore
  it('keeps its time and its end', marbles((m) => {
    const source = m.cold('  -a-(bc)-|');
    const unsub = '          ------!';
    const expected = '       -a-(bc)';
    m.expect(fromReply(source), unsub).toBeObservable(expected);
    m.expect(source).toHaveSubscriptions('^-----!');
  }));
});

describe('fromReply of a list', () => {
  it('emits it at once', () => {
    expect(listen(fromReply(['a', 'b'])).heard).toEqual(['a', 'b', '|']);
    expect(listen(fromReply(new Set(['a', 'b']))).heard).toEqual(['a', 'b', '|']);
  });
});

describe('fromReply of a promise', () => {
  it('emits the one value that it gives', async () => {
    expect(await lastValueFrom(fromReply(Promise.resolve('a')).pipe(toArray()))).toEqual(['a']);
  });

  it.each([null, undefined, 0, { getReader: 'mine', then: 1 }])(
    'emits %j, which is nothing that could be read',
    async (value) => {
      expect(await lastValueFrom(fromReply(Promise.resolve(value)))).toBe(value);
    },
  );

  it('fails with the very reason of its rejection', async () => {
    const reason = new Error('no');
    await expect(lastValueFrom(fromReply(Promise.reject(reason)))).rejects.toBe(reason);
  });

  it('emits what an iterable gives that it resolves to', async () => {
    const { iterable, calls } = createIterable([value('a'), value('b'), END]);
    const reply = fromReply(Promise.resolve(iterable));
    expect(await lastValueFrom(reply.pipe(toArray()))).toEqual(['a', 'b']);
    expect(calls).toEqual(['next', 'next', 'next']);
  });

  it('stops an iterable that comes after the consumer has left, without reading it', async () => {
    const { iterable, calls } = createIterable([value('a')]);
    const { heard, subscription } = listen(fromReply(Promise.resolve(iterable)));
    subscription.unsubscribe();
    await settled();
    expect(heard).toEqual([]);
    expect(calls).toEqual(['abort', 'return']);
  });

  it('subscribes to an Observable that it resolves to, and unsubscribes from it', async () => {
    const subject = new Subject<string>();
    const { heard, subscription } = listen(fromReply(Promise.resolve(subject)));
    await settled();
    subject.next('a');
    expect(heard).toEqual(['a']);
    subscription.unsubscribe();
    expect(subject.observed).toBe(false);
  });

  it('does not subscribe to an Observable that comes after the consumer has left', async () => {
    let subscriptions = 0;
    const late = new Observable<string>(() => {
      subscriptions++;
    });
    listen(fromReply(Promise.resolve(late))).subscription.unsubscribe();
    await settled();
    expect(subscriptions).toBe(0);
  });

  it('cancels a web stream that comes after the consumer has left, without reading it', async () => {
    const log: string[] = [];
    const late = new ReadableStream<string>(
      {
        pull() {
          log.push('pull');
        },
        cancel() {
          log.push('cancel');
        },
      },
      { highWaterMark: 0 },
    );
    listen(fromReply(Promise.resolve(late))).subscription.unsubscribe();
    await settled();
    expect(log).toEqual(['cancel']);
  });

  it('delivers nothing after the consumer has left', async () => {
    for (const promise of [Promise.resolve('a'), Promise.reject(new Error('no'))]) {
      const { heard, subscription } = listen(fromReply<unknown>(promise));
      subscription.unsubscribe();
      await settled();
      expect(heard).toEqual([]);
    }
  });
});

describe('fromReply of an async iterable', () => {
  it('emits what it gives, and completes; nothing is aborted after a normal end', async () => {
    const { iterable, calls } = createIterable([value('a'), value('b'), END]);
    const { heard, subscription } = listen(fromReply(iterable));
    await settled();
    expect(heard).toEqual(['a', 'b', '|']);
    subscription.unsubscribe();
    expect(calls).toEqual(['next', 'next', 'next']);
  });

  it('fails with the very error it throws, and aborts nothing', async () => {
    const error = new Error('no');
    const { iterable, calls } = createIterable([value('a'), Promise.reject(error)]);
    const { heard } = listen(fromReply(iterable));
    await settled();
    expect(heard).toEqual(['a', error]);
    expect(calls).toEqual(['next', 'next']);
  });

  it('fails when it can not even be started', async () => {
    const error = new Error('no');
    const iterable = {
      [Symbol.asyncIterator](): AsyncIterator<string> {
        throw error;
      },
    };
    await expect(lastValueFrom(fromReply(iterable))).rejects.toBe(error);
  });

  it('aborts it once, at once, although its next() never settles', async () => {
    const { iterable, calls } = createIterable([]);
    const { heard, subscription } = listen(fromReply(iterable));
    subscription.unsubscribe();
    expect(calls).toEqual(['next', 'abort', 'return']);
    subscription.unsubscribe();
    await settled();
    expect(calls).toEqual(['next', 'abort', 'return']);
    expect(heard).toEqual([]);
  });

  it('asks for nothing more when the consumer has enough', async () => {
    const { iterable, calls } = createIterable([value('a'), value('b'), value('c')]);
    const { heard } = listen(fromReply(iterable).pipe(take(2)));
    await settled();
    expect(heard).toEqual(['a', 'b', '|']);
    expect(calls).toEqual(['next', 'next', 'abort', 'return']);
  });

  it('asks for the next value only when the consumer has taken the last one', async () => {
    const { iterable, calls } = createIterable([value('a'), value('b')]);
    const seen: number[] = [];
    fromReply(iterable).subscribe(() => seen.push(calls.length));
    await settled();
    expect(seen).toEqual([1, 2]);
  });

  it('delivers nothing that comes after the consumer has left', async () => {
    let give: (result: IteratorResult<string>) => void = () => undefined;
    const late = new Promise<IteratorResult<string>>((resolve) => (give = resolve));
    const { iterable, calls } = createIterable([late]);
    const { heard, subscription } = listen(fromReply(iterable));
    subscription.unsubscribe();
    give({ done: false, value: 'a' });
    await settled();
    expect(heard).toEqual([]);
    expect(calls.filter((call) => call === 'next')).toHaveLength(1);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('too late'))],
    ['never comes', () => new Promise<never>(() => undefined)],
  ])('stops it although what return() promises %s', async (_, end) => {
    const iterable = {
      [Symbol.asyncIterator]: (): AsyncIterator<string> => ({
        next: () => new Promise(() => undefined),
        return: end,
      }),
    };
    const { heard, subscription } = listen(fromReply(iterable));
    subscription.unsubscribe();
    await settled();
    expect(heard).toEqual([]);
  });

  it('destroys a stream of Node at once although a read is pending', async () => {
    const stream = new Readable({ objectMode: true, read: () => undefined });
    const { heard, subscription } = listen(fromReply<string>(stream));
    stream.push('a');
    await settled();
    expect(heard).toEqual(['a']);
    subscription.unsubscribe();
    expect(stream.destroyed).toBe(true);
    await settled();
    expect(heard).toEqual(['a']);
  });

  describe('whose abort() or return() throws', () => {
    const error = new Error('no');
    const calls: string[] = [];
    const createBroken = (...broken: readonly string[]) => {
      const call = (name: string) => {
        calls.push(name);
        if (broken.includes(name)) throw error;
      };
      return {
        abort: () => {
          call('abort');
        },
        [Symbol.asyncIterator]: (): AsyncIterator<string> => ({
          next: () => new Promise(() => undefined),
          return() {
            call('return');
            return END;
          },
        }),
      };
    };
    beforeEach(() => {
      calls.length = 0;
    });

    it.each([[['abort']], [['return']], [['abort', 'return']]])(
      'makes unsubscribe() throw, as RxJS does, after both were called: %j',
      (broken) => {
        const { heard, subscription } = listen(fromReply(createBroken(...broken)));
        let thrown: unknown;
        try {
          subscription.unsubscribe();
        } catch (caught) {
          thrown = caught;
        }
        expect(thrown).toBeInstanceOf(UnsubscriptionError);
        expect((thrown as UnsubscriptionError).errors).toEqual([error]);
        expect(calls).toEqual(['abort', 'return']);
        expect(subscription.closed).toBe(true);
        expect(heard).toEqual([]);
      },
    );

    it('is silent when it comes after the consumer has left', async () => {
      const late = Promise.resolve(createBroken('abort', 'return'));
      listen(fromReply(late)).subscription.unsubscribe();
      await settled();
      expect(calls).toEqual(['abort', 'return']);
    });
  });

  it('leaves one that can not be stopped', async () => {
    const next = () => new Promise<never>(() => undefined);
    const iterable = { [Symbol.asyncIterator]: (): AsyncIterator<string> => ({ next }) };
    const { heard, subscription } = listen(fromReply(iterable));
    subscription.unsubscribe();
    await settled();
    expect(heard).toEqual([]);
  });

  it('runs the finally of a generator that is left between two values', async () => {
    const log: string[] = [];
    async function* generate() {
      try {
        yield await Promise.resolve('a');
        yield 'b';
      } finally {
        log.push('finally');
      }
    }
    const { heard } = listen(fromReply(generate()).pipe(take(1)));
    await settled();
    expect(heard).toEqual(['a', '|']);
    expect(log).toEqual(['finally']);
  });
});

describe('fromReply of a web stream', () => {
  const createStream = (values: readonly string[], log: unknown[] = []) =>
    new ReadableStream<string>({
      start(controller) {
        for (const it of values) controller.enqueue(it);
      },
      cancel(reason: unknown) {
        log.push(['cancel', reason]);
      },
    });

  it('emits what it gives, and cancels it at once although a read is pending', async () => {
    const log: unknown[] = [];
    const { heard, subscription } = listen(fromReply(createStream(['a', 'b'], log)));
    await settled();
    expect(heard).toEqual(['a', 'b']);
    subscription.unsubscribe();
    expect(log).toEqual([['cancel', undefined]]);
    await settled();
    expect(heard).toEqual(['a', 'b']);
  });

  it('does so too in a browser where it is not iterable', async () => {
    const log: unknown[] = [];
    const stream = createStream(['a'], log);
    const bare = { getReader: () => stream.getReader() } as ReadableStream<string>;
    const { heard, subscription } = listen(fromReply(bare));
    await settled();
    subscription.unsubscribe();
    expect(heard).toEqual(['a']);
    expect(log).toEqual([['cancel', undefined]]);
  });

  it('fails with what to do when it has a reader already', async () => {
    const stream = createStream(['a']);
    const reader = stream.getReader();
    const { heard } = listen(fromReply(stream));
    expect(heard).toEqual([
      new OllamaConnectionError(
        'The stream is locked, because something else reads it. Pass a stream that has no reader.',
      ),
    ]);
    await reader.cancel();
  });

  it('ends as it ends', async () => {
    const reads = fromReply(new Response('abc').body ?? []);
    expect(await lastValueFrom(reads.pipe(toArray()))).toEqual([new TextEncoder().encode('abc')]);
  });
});

describe('fromReply of an Observable of another copy of RxJS', () => {
  it('is that Observable', () => {
    const foreign: object = { lift: () => foreign, subscribe: () => undefined };
    expect(fromReply(foreign as Observable<string>)).toBe(foreign);
  });
});

describe('fromReply of another library’s Observable', () => {
  it('subscribes to it, and unsubscribes', () => {
    const subject = new Subject<string>();
    const foreign = { [observable]: () => subject } as unknown as Observable<string>;
    const { heard, subscription } = listen(fromReply(foreign));
    subject.next('a');
    subscription.unsubscribe();
    expect(heard).toEqual(['a']);
    expect(subject.observed).toBe(false);
  });
});

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
