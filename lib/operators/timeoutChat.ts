import {
  Subject,
  asyncScheduler,
  defer,
  finalize,
  startWith,
  switchAll,
  tap,
  throwError,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { createMessage } from '../core/message/message.js';
import { OllamaTimeoutError } from '../errors.js';
import { checkDuration, checkScheduler, createTimer, type Timer } from '../time.js';
import type { AnyChatChunk } from '../types/index.js';

/** The limits of {@link timeoutChat}, in ms. A limit that is missing or `Infinity` never passes. */
export interface TimeoutChatOptions {
  /** From subscribing to the first chunk: loading the model and reading the prompt. */
  readonly firstChunk?: number | undefined;
  /** From one chunk of a message to the next. Servers are silent while they generate a call's arguments. */
  readonly idle?: number | undefined;
  /** From subscribing to completion. */
  readonly total?: number | undefined;
  /** Where time comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

const FAILURES = {
  firstChunk: 'No chunk came',
  idle: 'No further chunk came',
  total: 'There was no end',
};

/**
 * Errors when the answer takes too long: to its first chunk, between two chunks, or altogether.
 *
 * _It's like `timeout`, with a limit for each part of a chat that can take long._
 *
 * ```none
 *  source:  --a---b--------c--(d|)    a: 'Hel'  b: thinking 'hm'  c: ''  d: done
 *           ^----------!
 *           timeoutChat({ idle: 50 })  -: 10 ms
 *  result:  --a---b----#              #: OllamaTimeoutError
 * ```
 *
 * Each limit is set by itself, and none has a default. Any chunk restarts `idle`, thinking and empty ones
 * too. `idle` stops at the final chunk of a message and starts again with the first chunk of the next one. So
 * the time that a tool takes in a run is not counted. When the clock of the computer is set, no limit
 * passes early, and none stops.
 *
 * - **Completes:** with the source.
 * - **Errors:** those of the source, unchanged; an {@link OllamaTimeoutError} when a limit passes. Its
 *   `kind` names the limit, and `partial` is the message so far. The source is unsubscribed from first.
 * - **Unsubscribes:** from the source, synchronously, and stops all timers.
 * - **Memory:** the message so far, for `partial`.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer for each limit that runs.
 *
 * ```ts
 * import { fromOllamaChat, timeoutChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(timeoutChat({ firstChunk: 120_000, idle: 30_000 }))
 *   .subscribe({ error: (error) => console.error(error.message) });
 * ```
 *
 * @throws RangeError if a limit is NaN or negative
 * @throws TypeError without options, since there would be no limit
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link retryChat}
 */
export function timeoutChat<C extends AnyChatChunk>(
  options: TimeoutChatOptions,
): MonoTypeOperatorFunction<C> {
  const { firstChunk, idle, total, scheduler = asyncScheduler } = checkOptions(options);
  checkDuration('firstChunk', firstChunk);
  checkDuration('idle', idle);
  checkDuration('total', total);
  checkScheduler(scheduler);

  return (source) =>
    defer(() => {
      const message = createMessage();
      const late = new Subject<Observable<never>>();
      let hasChunks = false;

      const createLimit = (kind: keyof typeof FAILURES, ms = Infinity): Timer =>
        createTimer(ms, scheduler, () => {
          const error = new OllamaTimeoutError(
            `${FAILURES[kind]} within ${String(ms)} ms (${kind}).`,
            kind,
            { partial: hasChunks ? message.snapshot() : undefined },
          );
          late.next(throwError(() => error));
        });

      const timers = {
        firstChunk: createLimit('firstChunk', firstChunk),
        idle: createLimit('idle', idle),
        total: createLimit('total', total),
      };
      timers.firstChunk.restart();
      timers.total.restart();

      const watched = source.pipe(
        tap<C>({
          next(chunk) {
            hasChunks = true;
            message.add(chunk);
            timers.firstChunk.stop();
            if (chunk.done) timers.idle.stop();
            else timers.idle.restart();
          },
          complete: () => {
            late.complete();
          },
        }),
        finalize(() => {
          for (const timer of Object.values(timers)) timer.stop();
        }),
      );
      // `switchAll` unsubscribes from the source before it subscribes to the error.
      return late.pipe(startWith(watched), switchAll());
    });
}

function checkOptions(options: TimeoutChatOptions | undefined): TimeoutChatOptions {
  if (options) return options;
  throw new TypeError(
    'timeoutChat() has no limit. Set one, such as timeoutChat({ idle: 30_000 }).',
  );
}
