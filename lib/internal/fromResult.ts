import { from, isObservable, of, type Observable } from 'rxjs';
import type { Result } from '../types.js';
import { fromReply, isAsyncIterable, isPromise } from './fromReply.js';

/** Whether a callback gave back something that can give several values. */
export function isStream<T>(result: Result<T>): result is AsyncIterable<T> | Observable<T> {
  return isObservable(result) || isAsyncIterable(result);
}

/** What a callback gave back, as an Observable; what is there at once is emitted at once. */
export function fromResult<T>(result: Result<T>): Observable<T> {
  if (isStream(result)) return fromReply(result);
  return isPromise(result) ? from(result) : of(result);
}
