import {
  asyncScheduler,
  defer,
  from,
  map,
  retry,
  take,
  throwError,
  zip,
  type MonoTypeOperatorFunction,
  type ObservableInput,
  type SchedulerLike,
} from 'rxjs';
import { backoff } from '../backoff.js';
import { assertChunk } from '../core/message/boundary.js';
import { isTransient, readRetryAfter } from '../core/transient.js';
import { checkCount, checkDuration, checkScheduler, wait } from '../time.js';
import type { AnyChatChunk, ChunkMarks } from '../types/index.js';

/** Options of {@link retryChat}. */
export interface RetryChatOptions {
  /** How many times the request is made again at most. */
  readonly count: number;
  /**
   * The wait before the n-th retry, from 1: ms, or a function that returns ms, or that returns an
   * Observable or a promise whose first value ends the wait. The wait is never shorter than the
   * `retryAfter` of an {@link OllamaHttpError}, up to 10 minutes.
   * @defaultValue `backoff()`: 250 to 500 ms at first, doubling up to 30 s
   */
  readonly delay?:
    number | ((error: unknown, attempt: number) => number | ObservableInput<unknown>) | undefined;
  /**
   * `'before-first-chunk'`: only while nothing has been delivered, so that no text is delivered twice.
   * `'restart'`: at any time. The first chunk of the new attempt has `reset: true`, and also
   * `restart: true` if a final chunk had been delivered.
   * @defaultValue `'before-first-chunk'`
   */
  readonly when?: 'before-first-chunk' | 'restart' | undefined;
  /**
   * Which errors are followed by a retry.
   * @defaultValue errors that can pass, see {@link retryChat}
   */
  readonly shouldRetry?: ((error: unknown, attempt: number) => boolean) | undefined;
  /** Where the time of waits comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Makes the request again when it fails for a reason that can pass.
 *
 * _It's like `retry`, but by default only while nothing has been delivered, and only after errors that can
 * pass._
 *
 * ```none
 *  first:   --#                      #: OllamaConnectionError
 *  second:       -#
 *  third:               -a-b-(d|)    a: 'Hel'  b: 'lo'  d: done
 *           retryChat({ count: 2, delay: (_, attempt) => attempt * 30 })  -: 10 ms
 *  result:  -------------a-b-(d|)
 * ```
 *
 * These errors can pass:
 *
 * - a connection that was refused or broke, but not an address that is malformed;
 * - HTTP 429, 502, 503, 504 and 524;
 * - HTTP 500 and an error line, if their words say that the model's process stopped or that the model is
 *   loading;
 * - with `when: 'restart'`, an answer without its final chunk.
 *
 * A server that asks by `Retry-After` for more than 10 minutes is not asked again.
 *
 * With `when: 'restart'`, everything of this library that accumulates starts over on the chunk with `reset`:
 * put `retryChat` before those operators. The strings of `answerText` can't be taken back: there, `'restart'`
 * delivers a text twice.
 *
 * - **Completes:** with the first attempt that completes; and when what `delay` returned completes without
 *   a value.
 * - **Errors:** those of the last attempt, unchanged, after `count` retries or when the error can't pass;
 *   what `shouldRetry` or `delay` throws; a `RangeError` or `TypeError` if `delay` returns no such wait.
 * - **Unsubscribes:** from the attempt or the wait, synchronously.
 * - **Memory:** nothing is kept.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer, during a wait.
 *
 * ```ts
 * import { fromOllamaChat, retryChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(retryChat({ count: 3 }))
 *   .subscribe((chunk) => console.log(chunk.message.content));
 * ```
 *
 * @throws RangeError if `count` is not a whole number from 0, or `delay` is NaN or negative
 * @throws TypeError without a `count`
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link backoff}, {@link timeoutChat}
 */
export function retryChat<C extends AnyChatChunk & ChunkMarks>(
  options: RetryChatOptions,
): MonoTypeOperatorFunction<C> {
  const {
    count,
    delay = backoff(),
    when = 'before-first-chunk',
    shouldRetry = (error: unknown) => isTransient(error, when === 'restart'),
    scheduler = asyncScheduler,
  } = checkOptions(options);
  checkCount('count', count, 0);
  checkScheduler(scheduler);
  if (typeof delay !== 'function') checkDuration('delay', delay);

  return (source) =>
    defer(() => {
      let delivered = false;
      let isNewAttempt = false;
      let hasFinal = false;

      const mark = (chunk: C): C => {
        assertChunk(chunk);
        const marked: C = isNewAttempt
          ? { ...chunk, reset: true, ...(hasFinal && { restart: true }) }
          : chunk;
        hasFinal = chunk.done || (hasFinal && !isNewAttempt);
        isNewAttempt = false;
        delivered = true;
        return marked;
      };

      const waitOrFail = (error: unknown, attempt: number): ObservableInput<unknown> => {
        if ((delivered && when !== 'restart') || !shouldRetry(error, attempt)) {
          return throwError(() => error);
        }
        isNewAttempt = delivered;
        const least = readRetryAfter(error);
        const given = typeof delay === 'function' ? delay(error, attempt) : delay;
        if (typeof given === 'number') {
          checkDuration(`delay(error, ${String(attempt)})`, given);
          return wait(Math.max(given, least), scheduler);
        }
        checkNotifier(given);
        return least ? zip(from(given).pipe(take(1)), wait(least, scheduler)) : given;
      };

      return source.pipe(map(mark), retry({ count, delay: waitOrFail }));
    });
}

function checkOptions(options: Partial<RetryChatOptions> | undefined): RetryChatOptions {
  const { count } = options ?? {};
  // Without a count RxJS would retry for ever.
  if (count !== undefined) return { ...options, count };
  throw new TypeError('retryChat() has no count. Set one, such as retryChat({ count: 3 }).');
}

function checkNotifier(given: unknown): void {
  if (Object(given) === given) return;
  throw new TypeError(
    `delay returned ${String(given)}. Return a number of ms, or an Observable or a promise whose first value ends the wait.`,
  );
}
