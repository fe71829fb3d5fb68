import { Observable, noop, type Subscriber, type TeardownLogic } from 'rxjs';
import { OllamaConnectionError } from '../errors.js';

/** An async iterable or a web stream, which not every browser can iterate. */
export type Readable<T> = AsyncIterable<T> | ReadableStream<T>;

/** What one read gives. */
export interface Read<T = unknown> {
  readonly done?: boolean | undefined;
  readonly value?: T | undefined;
}

/** Reads a stream value by value, and stops it: what a web stream's own reader can do. */
export interface Reader<T = unknown> {
  read(): Promise<Read<T>>;
  /** Stops the stream, also while a read is pending. The promise may never settle. */
  cancel(): Promise<unknown>;
  /** Reads without a promise, where that can be done. */
  take?(onRead: (read: Read<T>) => void, onError: (error: unknown) => void): void;
  /** Whether all of a body comes at once, because it can't be streamed. */
  readonly isWhole?: true;
}

/**
 * The key of a method of a response that gives its {@link Reader}. It is the same in all copies of the library.
 * `httpFetch` has it: its bodies become web streams only where one is asked for.
 */
export const OPEN_READER = Symbol.for('rxjs-ollama.openReader');

/** How a stream is stopped besides its iterator's `return()`: the official client's, and Node's. */
interface Stoppable {
  abort?(): unknown;
  destroy?(): unknown;
}

/** @throws OllamaConnectionError if the stream has a reader already */
export function openReader<T>(stream: Readable<T> & Stoppable): Reader<T> {
  if ('getReader' in stream) {
    if (!stream.locked) return stream.getReader();
    throw new OllamaConnectionError(
      'The stream is locked, because something else reads it. Pass a stream that has no reader.',
    );
  }
  const iterator = stream[Symbol.asyncIterator]();
  return {
    read: () => iterator.next() as ReturnType<Reader<T>['read']>,
    cancel() {
      let returned: Promise<unknown>;
      try {
        // First, because the `return()` of a generator waits for a pending `next()`.
        if (stream.abort) stream.abort();
        else stream.destroy?.();
      } finally {
        returned = Promise.resolve(iterator.return?.());
        // The caller doesn't get it when the other method throws.
        returned.catch(noop);
      }
      return returned;
    },
  };
}

/** An Observable that opens the stream when it is subscribed to. */
export function fromOpened<T, C>(
  stream: Readable<T>,
  use: (reader: Reader<T>, subscriber: Subscriber<C>) => TeardownLogic,
): Observable<C> {
  return new Observable((subscriber) => {
    try {
      return use(openReader(stream), subscriber);
    } catch (error) {
      if (!subscriber.closed) subscriber.error(error);
      return undefined;
    }
  });
}

export function isReadable<T>(value: unknown): value is Readable<T> {
  return hasMethod(value, Symbol.asyncIterator) || hasMethod(value, 'getReader');
}

/** Whether it is a method: the JSON of a model may have a key of this name. */
export function hasMethod(value: unknown, key: PropertyKey): boolean {
  return typeof (Object(value) as Record<PropertyKey, unknown>)[key] === 'function';
}
