/** How waits grow. */
export interface BackoffOptions {
  /** The longest first wait, in ms. @defaultValue `500` */
  readonly initial?: number;
  /** The longest wait of all, in ms. @defaultValue `30000` */
  readonly max?: number;
  /** Gives numbers from 0 to 1. @defaultValue `Math.random` */
  readonly random?: () => number;
}

/**
 * Waits that double, with jitter: the wait after the n-th failure is anything from half to all of
 * `initial × 2ⁿ⁻¹`, at most `max`. For `retryChat`'s `delay`.
 *
 * _It's like `2 ** n`, but no two clients count alike._
 *
 * Jitter keeps many clients that failed together from coming back together.
 *
 * ```ts
 * import { backoff, fromOllamaChat, retryChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3' }).pipe(retryChat({ count: 5, delay: backoff({ initial: 200 }) }));
 * ```
 */
export function backoff({
  initial = 500,
  max = 30_000,
  // eslint-disable-next-line no-restricted-properties -- injectable, which is what the rule is for
  random = Math.random,
}: BackoffOptions = {}): (error: unknown, attempt: number) => number {
  return (_, attempt) => Math.min(max, initial * 2 ** (attempt - 1)) * (0.5 + random() / 2);
}
