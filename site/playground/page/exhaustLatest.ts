import {
  BehaviorSubject,
  defer,
  filter,
  from,
  map,
  mergeMap,
  switchMap,
  take,
  tap,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';

/**
 * Like `exhaustMap`, but the latest value that came meanwhile is not dropped: it is next.
 *
 * @param project must not fail
 */
export const exhaustLatest =
  <T, R>(project: (value: T) => ObservableInput<R>): OperatorFunction<T, R> =>
  (source) =>
    defer(() => {
      const isFree$ = new BehaviorSubject(true);
      return source.pipe(
        // A value that waits gives way to the next one.
        switchMap((value) =>
          isFree$.pipe(
            filter(Boolean),
            take(1),
            map(() => value),
          ),
        ),
        tap(() => {
          isFree$.next(false);
        }),
        mergeMap((value) =>
          from(project(value)).pipe(
            tap({
              complete: () => {
                isFree$.next(true);
              },
            }),
          ),
        ),
      );
    });
