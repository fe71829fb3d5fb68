import { context, type Context } from '@opentelemetry/api';
import { Observable, filter, materialize } from 'rxjs';

/**
 * The same Observable, subscribed to in one context, with its notifications delivered in another. So a request is
 * a child of the span in `inner`; what the consumer starts, a retry for example, is not. No operator of RxJS can
 * choose the context.
 *
 * RxJS keeps the contract here as it does in `createOperator`.
 */
export function inContext<T>(source: Observable<T>, inner: Context, outer: Context): Observable<T> {
  return new Observable((subscriber) => {
    context.with(inner, () =>
      source
        .pipe(
          filter((value): value is never => {
            context.with(outer, () => {
              subscriber.next(value);
            });
            return false;
          }),
          materialize(),
          filter((ending): ending is never => {
            context.with(outer, () => {
              if (ending.kind === 'E') subscriber.error(ending.error);
              else subscriber.complete();
            });
            return false;
          }),
        )
        .subscribe(subscriber),
    );
  });
}
