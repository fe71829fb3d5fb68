import {
  asyncScheduler,
  defer,
  map,
  retry,
  throwError,
  timer,
  type MonoTypeOperatorFunction,
  type ObservableInput,
  type SchedulerLike,
} from 'rxjs';
import { backoff } from '../backoff.js';
import { isOllamaError } from '../errors.js';
import type { ChatChunk, ChunkMarks } from '../types/index.js';

/** How {@link retryChat} goes about it. */
export interface RetryChatOptions {
  /** How many times the request is made again at most. */
  readonly count: number;
  /**
   * How long to wait before the n-th retry, from 1: ms, or what the function gives, ms or something
   * whose first value ends the wait.
   * @defaultValue `backoff()`: 250 to 500 ms at first, doubling up to 30 s
   */
  readonly delay?:
    number | ((error: unknown, attempt: number) => number | ObservableInput<unknown>);
  /**
   * `'before-first-chunk'`: only as long as nothing has been delivered, so that no text comes twice.
   * `'restart'`: at any time; the first chunk of the new attempt has `reset: true`.
   * @defaultValue `'before-first-chunk'`
   */
  readonly when?: 'before-first-chunk' | 'restart';
  /**
   * Which errors are worth a retry.
   * @defaultValue connections refused or broken, the statuses 429, 502, 503 and 504, and a model that
   * is still being loaded
   */
  readonly shouldRetry?: (error: unknown, attempt: number) => boolean;
  /** Where the time of a `delay` in ms comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike;
}

const PASSING = new Set([429, 502, 503, 504]);

function isPassing(error: unknown): boolean {
  if (!isOllamaError(error)) return false;
  return (
    error.code === 'connection' ||
    (error.code === 'http' && PASSING.has(error.status)) ||
    ((error.code === 'http' || error.code === 'stream') && /\bloading model\b/i.test(error.message))
  );
}

/**
 * Makes the request again when it fails for a reason that may pass.
 *
 * _It's like `retry`, but it never delivers a text twice._
 *
 * ```none
 *  first:   --#                      #: OllamaConnectionError
 *  second:       -#
 *  third:               -a-b-(d|)    a: 'Hel'  b: 'lo'  d: done
 *           retryChat({ count: 2, delay: (_, attempt) => attempt * 3 })
 *  result:  -------------a-b-(d|)
 * ```
 *
 * By default only while nothing has been delivered. With `when: 'restart'` at any time: then the first
 * chunk of the new attempt has `reset: true`, and everything of this library that accumulates starts
 * over on it (`bufferForUi` drops what it holds). Put it before those operators.
 *
 * - **Completes:** with the first attempt that does; and when what `delay` gave ends without a value.
 * - **Errors:** those of the last attempt, unchanged, when no retry is left or the error is not worth
 *   one; and what `shouldRetry` or `delay` throws.
 * - **Unsubscribes:** from the attempt or the wait, in the same frame.
 * - **Memory:** nothing is kept.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer, while a `delay` in ms runs.
 *
 * ```ts
 * import { fromOllamaChat, retryChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(retryChat({ count: 3 }))
 *   .subscribe((chunk) => console.log(chunk.message.content));
 * ```
 *
 * @see {@link backoff}, {@link timeoutChat}
 */
export function retryChat<C extends ChatChunk & ChunkMarks>({
  count,
  delay = backoff(),
  when = 'before-first-chunk',
  shouldRetry = isPassing,
  scheduler = asyncScheduler,
}: RetryChatOptions): MonoTypeOperatorFunction<C> {
  return (source) =>
    defer(() => {
      let delivered = false;
      let again = false;

      const wait = (error: unknown, attempt: number): ObservableInput<unknown> => {
        if ((delivered && when !== 'restart') || !shouldRetry(error, attempt)) {
          return throwError(() => error);
        }
        again = delivered;
        const given = typeof delay === 'function' ? delay(error, attempt) : delay;
        return typeof given === 'number' ? timer(given, scheduler) : given;
      };

      return source.pipe(
        map((chunk) => {
          const marked: C = again ? { ...chunk, reset: true } : chunk;
          delivered = true;
          again = false;
          return marked;
        }),
        retry({ count, delay: wait }),
      );
    });
}
