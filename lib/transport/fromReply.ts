import {
  Observable,
  from,
  isObservable,
  noop,
  of,
  type ObservableInput,
  type Subscriber,
} from 'rxjs';
import type { Result } from '../types/index.js';
import { nextTurn } from './nextTurn.js';
import { fromOpened, hasMethod, isReadable, type Readable, type Reader } from './reader.js';

/** After so many values of a stream the next one waits for a turn of the event loop. */
const TURN_VALUES = 100;

/** What a promise may resolve to: a stream, or one value. */
type Settled<C> = C | Observable<C> | Readable<C>;
export type Reply<C> = ObservableInput<C> | PromiseLike<Settled<C>>;

/** Reads what is not an Observable; `undefined` if it can't. */
export type Open<C> = (value: unknown) => Observable<C> | undefined;

/** What a client or a callback answered, as an Observable. An Observable is returned as it is. */
export function fromReply<C>(reply: Reply<C>, open: Open<C> = openReadable): Observable<C> {
  if (isObservable(reply)) return reply;
  const opened = open(reply);
  if (opened) return opened;
  if (!isPromise<Settled<C>>(reply)) return from(reply);
  return new Observable((subscriber) => {
    const settle = (value: Settled<C>): void => {
      if (isObservable(value)) {
        if (!subscriber.closed) value.subscribe(subscriber);
        return;
      }
      const late = open(value);
      if (late) {
        // A closed subscriber too: the stream is stopped without being read.
        late.subscribe(subscriber);
        return;
      }
      if (!subscriber.closed) subscriber.next(value as C);
      if (!subscriber.closed) subscriber.complete();
    };
    Promise.resolve(reply)
      .then(settle)
      .catch((error: unknown) => {
        if (!subscriber.closed) subscriber.error(error);
      });
  });
}

function openReadable<C>(value: unknown): Observable<C> | undefined {
  return isReadable<C>(value) ? fromOpened<C, C>(value, readValues) : undefined;
}

/** Reads until the subscriber closes. Returns the teardown, which also stops a read that never settles. */
export function readValues<C>(reader: Reader<C>, subscriber: Subscriber<C>): () => void {
  let ended = false;
  const isOpen = () => !subscriber.closed;
  const readAll = async (): Promise<void> => {
    try {
      for (let count = 1; isOpen(); count++) {
        const { done, value } = await reader.read();
        if (!isOpen()) return;
        if (done) {
          ended = true;
          subscriber.complete();
          return;
        }
        subscriber.next(value as C);
        if (count % TURN_VALUES === 0) await new Promise<void>(nextTurn);
      }
    } catch (error) {
      ended = true;
      if (isOpen()) subscriber.error(error);
    }
  };
  void readAll();
  return () => {
    if (!ended) reader.cancel().catch(noop);
  };
}

export function isPromise<T>(value: unknown): value is PromiseLike<T> {
  return hasMethod(value, 'then');
}

/** Whether a callback returned something that can give several values. */
export function isStream<T>(result: Result<T>): result is AsyncIterable<T> | Observable<T> {
  return isObservable(result) || isReadable(result);
}

/** What a callback returned, as an Observable; a value is emitted synchronously. */
export function fromResult<T>(result: Result<T>): Observable<T> {
  if (isStream(result)) return fromReply(result);
  return isPromise(result) ? from(result) : of(result);
}
