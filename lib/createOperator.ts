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

/** What an operator does in one subscription. */
export interface OperatorHooks<T, R> {
  /** What is emitted for this value. */
  next(value: T): readonly R[];
  /** What was held back; emitted before the source's completion or error is passed on. */
  flush(): readonly R[];
  /** Replaces the completion at the source's end: it has to complete `subscriber` itself, later. */
  complete?(): void;
  /** Called once, after the source was unsubscribed from, however the subscription ended. */
  teardown?(): void;
}

/** Emits values, at any time. */
export type Emit<R> = (values: readonly R[]) => void;

/**
 * Makes an operator that emits any number of values for each value of its source, and more at the end
 * or by itself. Composition of RxJS operators does the same, several times slower.
 *
 * RxJS keeps the contract. An error that a hook throws reaches the subscriber. The source is unsubscribed from
 * synchronously when the subscriber closes, also while a synchronous source is still in its `subscribe`.
 *
 * A consumer may cause values while others are being delivered, for example by a Subject. They wait until those
 * are delivered.
 */
export function createOperator<T, R>(
  start: (emit: Emit<R>, subscriber: Subscriber<R>) => OperatorHooks<T, R>,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      let queue: (readonly R[])[] = [];
      let delivering = false;
      let end: (() => void) | undefined;

      const emit: Emit<R> = (values) => {
        if (delivering) {
          queue.push(values);
          return;
        }
        delivering = true;
        for (const value of values) subscriber.next(value);
        // The loop also reaches what is queued during it.
        for (const batch of queue) for (const value of batch) subscriber.next(value);
        if (queue.length) queue = [];
        delivering = false;
        end?.();
      };
      const hooks = start(emit, subscriber);
      source
        .pipe(
          // Runs `complete` inside the chain, so that an error that it throws is caught.
          tap({ complete: () => hooks.complete?.() }),
          // Values are emitted from here and go no further: `filter` catches what `next` throws.
          filter((value): value is never => {
            emit(hooks.next(value));
            return false;
          }),
          // Turns the source's completion or error into a value ...
          materialize(),
          // ... that is passed on after `flush`, and after what is being delivered right now.
          mergeMap((ending) => {
            if (ending.kind === 'E' || !hooks.complete) {
              end = () => {
                if (ending.kind === 'E') subscriber.error(ending.error);
                else subscriber.complete();
              };
              emit(hooks.flush());
            }
            // Without it the chain would complete the subscriber too early.
            return NEVER;
          }),
        )
        // Not an observer but the subscriber itself: it closes the source while `subscribe` runs.
        .subscribe(subscriber);
      subscriber.add(() => hooks.teardown?.());
    });
}
