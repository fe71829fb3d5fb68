import {
  NEVER,
  Observable,
  filter,
  materialize,
  mergeMap,
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
      let queue: (readonly R[])[] = [];
      let delivering = false;
      let end: (() => void) | undefined;

      const send: Send<R> = (values) => {
        if (delivering) {
          queue.push(values);
          return;
        }
        delivering = true;
        for (const value of values) out.next(value);
        // It goes on to what is queued meanwhile.
        for (const batch of queue) for (const value of batch) out.next(value);
        if (queue.length) queue = [];
        delivering = false;
        end?.();
      };
      const run = start(send, out);
      source
        .pipe(
          tap({ complete: () => run.complete?.() }),
          // What is sent bypasses the rest; only how the source ends goes there.
          filter((value): value is never => {
            send(run.next(value));
            return false;
          }),
          materialize(),
          mergeMap((ending) => {
            if (ending.kind === 'E' || !run.complete) {
              end = () => {
                if (ending.kind === 'E') out.error(ending.error);
                else out.complete();
              };
              send(run.flush());
            }
            return NEVER;
          }),
        )
        .subscribe(out);
      out.add(() => run.teardown?.());
    });
}
