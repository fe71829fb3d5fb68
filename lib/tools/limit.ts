import { AsyncSubject, EMPTY, concat, concatMap, defer, finalize, type Observable } from 'rxjs';

/** Delays the subscription to a source until fewer than `concurrency` others of this limit are running. */
export type Limit = <T>(source$: Observable<T>) => Observable<T>;

/**
 * Makes a limit. Sources run in the order in which they were subscribed to.
 *
 * _It's like `mergeMap` with a concurrency, but for sources that are subscribed to in different places._
 *
 * The next source starts when one completes. It doesn't when one fails or is unsubscribed from: that
 * ends the whole run, and frees the place. Sources that complete synchronously are started in a loop,
 * so that any number of them needs the stack of one.
 */
export function limit(concurrency: number): Limit {
  const waiting = new Set<AsyncSubject<true>>();
  let running = 0;
  let starting = false;

  function start(): void {
    // The loop that is running reaches what was added meanwhile.
    if (starting) return;
    starting = true;
    try {
      for (const turn$ of waiting) {
        if (running >= concurrency) break;
        waiting.delete(turn$);
        running++;
        turn$.next(true);
        turn$.complete();
      }
    } finally {
      starting = false;
    }
  }

  return (source$) =>
    defer(() => {
      const turn$ = new AsyncSubject<true>();
      waiting.add(turn$);
      start();
      return concat(
        turn$.pipe(
          concatMap(() => source$),
          finalize(() => {
            if (!waiting.delete(turn$)) running--;
          }),
        ),
        defer(() => {
          start();
          return EMPTY;
        }),
      );
    });
}
