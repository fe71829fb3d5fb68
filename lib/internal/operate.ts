import {
  NEVER,
  Observable,
  catchError,
  concatWith,
  defer,
  ignoreElements,
  tap,
  type OperatorFunction,
  type Subscriber,
} from 'rxjs';

/** One run of an operator: what it makes of what its source sends. */
export interface Run<T, R> {
  /** What is emitted now that this value has come. */
  next(value: T): readonly R[];
  /** What was held back, to be emitted before the run ends. */
  flush(): readonly R[];
  /** In place of ending at once when the source completes: has to complete `out` itself, later. */
  complete?(): void;
  /** Called when the run has ended, however it did, and never before the source was let go. */
  teardown?(): void;
}

/** Emits values, at any time. */
export type Send<R> = (values: readonly R[]) => void;

/**
 * An operator that emits any number of values for each one that comes, and more at the end or by
 * itself, which composition makes hard or slow. What must not go wrong is still RxJS's own work: what
 * a callback throws is an error, and since `out` itself subscribes, the source is let go in the frame
 * in which `out` closes, also while it is being subscribed to. Whatever is sent while something is
 * being delivered (the source is a Subject fed by a consumer) waits for its turn.
 */
export function operate<T, R>(
  start: (send: Send<R>, out: Subscriber<R>) => Run<T, R>,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((out) => {
      const queue: R[] = [];
      let delivering = false;
      let end: (() => void) | undefined;

      const send: Send<R> = (values) => {
        queue.push(...values);
        if (delivering || !(queue.length || end)) return;
        delivering = true;
        while (queue.length && !out.closed) out.next(queue.shift() as R);
        delivering = false;
        end?.();
      };
      const endWith = (ending: () => void) => {
        end = ending;
        send(run.flush());
        return NEVER;
      };

      const run = start(send, out);
      source
        .pipe(
          tap((value) => {
            send(run.next(value));
          }),
          ignoreElements(),
          concatWith(
            defer(() => {
              if (!run.complete)
                return endWith(() => {
                  out.complete();
                });
              run.complete();
              return NEVER;
            }),
          ),
          catchError((error: unknown) =>
            endWith(() => {
              out.error(error);
            }),
          ),
        )
        .subscribe(out);
      out.add(() => run.teardown?.());
    });
}
