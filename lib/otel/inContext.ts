import { context, type Context } from '@opentelemetry/api';
import { Observable } from 'rxjs';

/** The same Observable, subscribed to in a context. No operator of RxJS can choose the context. */
export function inContext<T>(source: Observable<T>, within: Context): Observable<T> {
  return new Observable((subscriber) => context.with(within, () => source.subscribe(subscriber)));
}
