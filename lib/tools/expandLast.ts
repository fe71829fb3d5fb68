import { Observable, type MonoTypeOperatorFunction } from 'rxjs';

/**
 * Emits the values of the source, then those of what `project` makes of the last one, and so on. Completes
 * when `project` makes nothing, or a source had no value.
 *
 * _It's like `expand`, but expands only the last value of each source, when that source has completed and is
 * torn down._
 *
 * Sources that complete synchronously are subscribed to in a loop, so that any number of them needs the
 * stack of one.
 */
export function expandLast<T extends object>(
  project: (last: T) => Observable<T> | undefined,
): MonoTypeOperatorFunction<T> {
  return (source$) =>
    new Observable((subscriber) => {
      let next$: Observable<T> | undefined = source$;
      let starting = false;

      function start(): void {
        // The loop that is running reaches the next source.
        if (starting) return;
        starting = true;
        while (next$ && !subscriber.closed) {
          const current$: Observable<T> = next$;
          next$ = undefined;
          follow(current$);
        }
        starting = false;
      }

      function follow(current$: Observable<T>): void {
        let last: T | undefined;
        new Observable<T>((inner) => {
          // Closes the source synchronously when the subscriber closes, also inside its `subscribe`.
          subscriber.add(inner);
          current$.subscribe(inner);
          // Runs after the teardown of this source.
          inner.add(start);
        }).subscribe({
          next: (value) => {
            last = value;
            subscriber.next(value);
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            try {
              next$ = last && project(last);
            } catch (error) {
              subscriber.error(error);
              return;
            }
            if (!next$) subscriber.complete();
          },
        });
      }

      start();
    });
}
