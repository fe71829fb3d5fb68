import { checkDuration } from './time.js';

/** Twice as long each time would at last be no number, also where the first wait is 0. */
const MAX_DOUBLINGS = 1000;

/** Options of {@link backoff}. */
export interface BackoffOptions {
  /** The longest first wait, in ms. @defaultValue `500` */
  readonly initial?: number | undefined;
  /** The longest wait of all, in ms. @defaultValue `30000` */
  readonly max?: number | undefined;
  /** Returns numbers from 0 to 1. @defaultValue `Math.random` */
  readonly random?: (() => number) | undefined;
}

/**
 * Waits that double, with jitter, for the `delay` of `retryChat`. The wait after the n-th failure is
 * between half and all of `initial × 2ⁿ⁻¹`, and at most `max`.
 *
 * _It's like `2 ** n`, with jitter: clients that failed together don't return together._
 *
 * ```ts
 * import { backoff, fromOllamaChat, retryChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3' }).pipe(retryChat({ count: 5, delay: backoff({ initial: 200 }) }));
 * ```
 *
 * @throws RangeError if `initial` or `max` is NaN or negative
 */
export function backoff(options: BackoffOptions = {}): (error: unknown, attempt: number) => number {
  // eslint-disable-next-line no-restricted-properties -- injectable, which is what the rule is for
  const { initial = 500, max = 30_000, random = Math.random } = options;
  checkDuration('initial', initial);
  checkDuration('max', max);
  return (_, attempt) =>
    Math.min(max, initial * 2 ** Math.min(attempt - 1, MAX_DOUBLINGS)) * (0.5 + random() / 2);
}
