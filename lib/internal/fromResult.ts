import { from, isObservable, of, type Observable } from 'rxjs';
import type { Result } from '../types.js';
import { fromReply } from './fromReply.js';

/** Whether a callback gave back something that can give several values. */
export function isStream<T>(result: Result<T>): result is AsyncIterable<T> | Observable<T> {
  return (
    isObservable(result) ||
    hasMethod(result, Symbol.asyncIterator) ||
    // Not every browser can iterate one.
    hasMethod(result, 'getReader')
  );
}

/** Whether a callback gave back something that will give a value. */
export function isPromise<T>(result: Result<T>): result is PromiseLike<T> {
  return hasMethod(result, 'then');
}

/** What a callback gave back, as an Observable; what is there at once is emitted at once. */
export function fromResult<T>(result: Result<T>): Observable<T> {
  if (isStream(result)) return fromReply(result);
  return isPromise(result) ? from(result) : of(result);
}

/** A model's JSON may well have keys of these names: only a method tells. */
function hasMethod(value: unknown, key: PropertyKey): boolean {
  return typeof (Object(value) as Record<PropertyKey, unknown>)[key] === 'function';
}
