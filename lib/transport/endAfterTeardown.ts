import { Observable, UnsubscriptionError, type Subscriber } from 'rxjs';

/**
 * The source, whose end is passed on only after its teardown. So an error that the teardown throws
 * reaches the subscriber like any other. RxJS passes the end on first, and then throws that error at
 * the producer: operators that wait for the teardown, such as `concat`, never continue.
 *
 * When the subscriber unsubscribes, the error is thrown there, as RxJS does.
 */
export function endAfterTeardown<T>(source: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    let end: (() => void) | undefined;
    const passOn = (tearDown: () => void): void => {
      try {
        tearDown();
      } catch (error) {
        end = () => {
          subscriber.error(readTeardownError(error));
        };
      }
      end?.();
    };
    let running: Subscriber<T> | undefined;
    const finish = (notify: () => void): void => {
      end = notify;
      // A source that ends inside its `subscribe` is torn down by RxJS when that returns.
      if (running) passOn(() => running?.unsubscribe());
    };
    new Observable<T>((inner) => {
      // Closes the source synchronously when the subscriber closes, also inside its `subscribe`.
      subscriber.add(inner);
      passOn(() => source.subscribe(inner));
      running = inner;
    }).subscribe({
      next: (value) => {
        subscriber.next(value);
      },
      error: (error: unknown) => {
        finish(() => {
          subscriber.error(error);
        });
      },
      complete: () => {
        finish(() => {
          subscriber.complete();
        });
      },
    });
  });
}

/** What a teardown threw: RxJS collects all that was thrown during one `unsubscribe`. */
export function readTeardownError(error: unknown): unknown {
  return error instanceof UnsubscriptionError && error.errors.length === 1
    ? (error.errors as readonly unknown[])[0]
    : error;
}
