import { Observable, from, isObservable, noop, of, type ObservableInput } from 'rxjs';
import type { Result } from '../types/index.js';

type Iterable<C> = AsyncIterable<C> | ReadableStream<C>;
type Reply<C> = ObservableInput<C> | PromiseLike<C | Iterable<C>>;

/** What a client of the user's own answered, as an Observable: an Observable is given back as it is. */
export function fromReply<C>(reply: Reply<C>): Observable<C> {
  if (isObservable(reply)) return reply;
  if (isAsyncIterable<C>(reply)) return fromIterable(reply);
  if (!isPromise<C | Iterable<C>>(reply)) return from(reply);
  return new Observable((subscriber) => {
    reply.then(
      (value) => {
        if (isAsyncIterable<C>(value)) {
          if (subscriber.closed) open(value).stop();
          else fromIterable(value).subscribe(subscriber);
        } else {
          subscriber.next(value);
          subscriber.complete();
        }
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
  });
}

/** Iterates until the consumer leaves; then stops the iterable even if its `next()` never settles. */
function fromIterable<C>(iterable: Iterable<C>): Observable<C> {
  return new Observable((subscriber) => {
    const { next, stop } = open(iterable);
    let ended = false;
    const pull = async (): Promise<void> => {
      while (!subscriber.closed) {
        const { done, value } = await next();
        if (done) break;
        subscriber.next(value);
      }
      ended = true;
      subscriber.complete();
    };
    pull().catch((error: unknown) => {
      ended = true;
      subscriber.error(error);
    });
    return () => {
      if (!ended) stop();
    };
  });
}

/** How an iterable is read and stopped. Nothing waits for the end of what was stopped: it may never come. */
function open<C>(iterable: Iterable<C> & { abort?: () => void }): {
  next: () => Promise<{ done: true; value?: unknown } | { done?: false; value: C }>;
  stop: () => void;
} {
  if ('getReader' in iterable) {
    // Its iterator could only be stopped between two chunks.
    const reader = iterable.getReader();
    return {
      next: () => reader.read(),
      stop() {
        reader.cancel().catch(noop);
      },
    };
  }
  const iterator = iterable[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    stop() {
      iterable.abort?.();
      Promise.resolve(iterator.return?.()).catch(noop);
    },
  };
}

export function isAsyncIterable<C>(value: unknown): value is Iterable<C> {
  // Not every browser can iterate a web stream.
  return hasMethod(value, Symbol.asyncIterator) || hasMethod(value, 'getReader');
}

export function isPromise<T>(value: unknown): value is PromiseLike<T> {
  return hasMethod(value, 'then');
}

/** A model's JSON may well have keys of these names: only a method tells. */
function hasMethod(value: unknown, key: PropertyKey): boolean {
  return typeof (Object(value) as Record<PropertyKey, unknown>)[key] === 'function';
}

/** Whether a callback gave back something that can give several values. */
export function isStream<T>(result: Result<T>): result is AsyncIterable<T> | Observable<T> {
  return isObservable(result) || isAsyncIterable(result);
}

/** What a callback gave back, as an Observable; what is there at once is emitted at once. */
export function fromResult<T>(result: Result<T>): Observable<T> {
  if (isStream(result)) return fromReply(result);
  return isPromise(result) ? from(result) : of(result);
}
