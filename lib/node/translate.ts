import { catchError, concat, concatMap, defer, type OperatorFunction } from 'rxjs';

/** What one subscription makes of its source. */
export interface Translator<T, P> {
  /** What a value becomes. What it throws counts as an error of the source. */
  readonly next: (value: T) => readonly P[];
  /** What the completion becomes. */
  readonly complete: () => readonly P[];
  /** What the error becomes; never throws. */
  readonly fail: (error: unknown) => readonly P[];
}

/**
 * An operator that never errors: how the source ends becomes values.
 *
 * @param write makes what is emitted. If it throws, that counts as an error of the source too.
 */
export function translate<T, P, R>(
  start: () => Translator<T, P>,
  write: (part: P) => R,
): OperatorFunction<T, R> {
  return (source) =>
    defer(() => {
      const { next, complete, fail } = start();
      return concat(
        source.pipe(concatMap((value) => next(value).map(write))),
        defer(() => complete().map(write)),
      ).pipe(catchError((error: unknown) => fail(error).map(write)));
    });
}
