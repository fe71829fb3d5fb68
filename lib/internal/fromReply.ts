import { Observable, from, isObservable, noop, type ObservableInput } from 'rxjs';

type Reply<C> = ObservableInput<C> | PromiseLike<C | AsyncIterable<C>>;

/** What a client of the user's own answered, as an Observable: an Observable is given back as it is. */
export function fromReply<C>(reply: Reply<C>): Observable<C> {
  if (isObservable(reply)) return reply;
  if (isAsyncIterable(reply)) return fromIterable(reply);
  if (!isPromise(reply)) return from(reply);
  return new Observable((subscriber) => {
    reply.then(
      (value) => {
        if (isAsyncIterable(value)) {
          if (subscriber.closed) leave(value);
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
function fromIterable<C>(iterable: AsyncIterable<C>): Observable<C> {
  return new Observable((subscriber) => {
    const iterator = iterable[Symbol.asyncIterator]();
    let ended = false;
    const pull = async (): Promise<void> => {
      while (!subscriber.closed) {
        const { done, value } = await iterator.next();
        if ((ended = done ?? false)) break;
        subscriber.next(value as C);
      }
      subscriber.complete();
    };
    pull().catch((error: unknown) => {
      ended = true;
      subscriber.error(error);
    });
    return () => {
      if (!ended) leave(iterable, iterator);
    };
  });
}

function leave<C>(
  iterable: AsyncIterable<C> & { abort?: unknown },
  iterator = iterable[Symbol.asyncIterator](),
): void {
  if (typeof iterable.abort === 'function') {
    iterable.abort();
  } else {
    // Settles only when a pending next() does, which may be never: nothing waits for it.
    Promise.resolve(iterator.return?.()).catch(noop);
  }
}

function isAsyncIterable<C>(value: unknown): value is AsyncIterable<C> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function isPromise<C>(value: Reply<C>): value is PromiseLike<C | AsyncIterable<C>> {
  return 'then' in (value as object);
}
