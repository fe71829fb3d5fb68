import {
  asyncScheduler,
  type MonoTypeOperatorFunction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import { createMessage } from '../core/message/message.js';
import { OllamaTimeoutError } from '../errors.js';
import { createOperator } from '../createOperator.js';
import type { ChatChunk } from '../types/index.js';

/** How long {@link timeoutChat} waits, in ms. A clock that isn't set doesn't run. */
export interface TimeoutChatOptions {
  /** From subscribing to the first chunk: loading the model and reading the prompt. */
  readonly firstChunk?: number;
  /** From one chunk to the next. Servers are silent while the arguments of a call are generated. */
  readonly idle?: number;
  /** From subscribing to completion. */
  readonly total?: number;
  /** Where time comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike;
}

type Kind = OllamaTimeoutError['kind'];

/**
 * Fails when the answer takes too long: to begin, to go on, or altogether.
 *
 * _It's like `timeout`, with a clock for each thing that can take long._
 *
 * ```none
 *  source:  --a---b--------c--(d|)    a: 'Hel'  b: thinking 'hm'  c: ''  d: done
 *           ^----------!
 *           timeoutChat({ idle: 5 })
 *  result:  --a---b----#              #: OllamaTimeoutError
 * ```
 *
 * Each clock is set by itself, and none has a default. Any chunk resets `idle`, thinking and empty ones
 * too; it runs from the first chunk to the final one. The error says which clock ran out and how it was
 * set. The request is cancelled at the server.
 *
 * - **Completes:** with the source.
 * - **Errors:** those of the source, unchanged; an {@link OllamaTimeoutError} when a clock runs out,
 *   with its `kind`, and with the message so far as `partial`.
 * - **Unsubscribes:** from the source, in the same frame; the clocks stop.
 * - **Memory:** the message so far, for `partial`.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer for each clock that runs.
 *
 * ```ts
 * import { fromOllamaChat, timeoutChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(timeoutChat({ firstChunk: 120_000, idle: 30_000 }))
 *   .subscribe({ error: (error) => console.error(error.message) });
 * ```
 *
 * @see {@link retryChat}
 */
export function timeoutChat<C extends ChatChunk>({
  firstChunk,
  idle,
  total,
  scheduler = asyncScheduler,
}: TimeoutChatOptions): MonoTypeOperatorFunction<C> {
  return createOperator((_, out) => {
    const message = createMessage();
    const clocks: Partial<Record<Kind, Subscription>> = {};
    let latest: number | undefined;

    const stop = (kind: Kind): void => clocks[kind]?.unsubscribe();

    const start = (kind: Kind, ms: number | undefined): void => {
      if (ms !== undefined) wait(kind, ms, ms);
    };

    const wait = (kind: Kind, ms: number, rest: number): void => {
      clocks[kind] = scheduler.schedule(() => {
        // One timer serves many chunks: it looks when the latest came, instead of being set anew.
        const left = kind === 'idle' && latest !== undefined ? latest + ms - scheduler.now() : 0;
        if (left > 0) wait(kind, ms, left);
        else fail(kind, ms);
      }, rest);
    };

    const fail = (kind: Kind, ms: number): void => {
      const what = {
        firstChunk: 'No chunk came',
        idle: 'No further chunk came',
        total: 'There was no end',
      };
      out.error(
        new OllamaTimeoutError(`${what[kind]} within ${String(ms)} ms (${kind}).`, kind, {
          partial: latest === undefined ? undefined : message.snapshot(),
        }),
      );
    };

    start('firstChunk', firstChunk);
    start('total', total);
    return {
      next(chunk) {
        if (latest === undefined) {
          stop('firstChunk');
          start('idle', idle);
        }
        latest = scheduler.now();
        message.add(chunk);
        if (chunk.done) stop('idle');
        return [chunk];
      },
      flush: () => [],
      teardown() {
        for (const clock of Object.values(clocks)) clock.unsubscribe();
      },
    };
  });
}
