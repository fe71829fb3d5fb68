import { asyncScheduler, defer, tap, type MonoTypeOperatorFunction, type Observer } from 'rxjs';
import { createThroughput, type Throughput } from '../core/throughput.js';
import type { ChatChunk } from '../types/index.js';
import type { ThroughputOptions } from './throughput.js';

/**
 * Shows an observer how fast the answer comes, and lets the chunks through as they are.
 *
 * _It's like `tap`, but what it is shown are the figures of `throughput`._
 *
 * ```none
 *  source:    --a---b---(d|)    a: 'Hel'  b: 'lo'  d: done
 *             tapThroughput(observer)
 *  result:    --a---b---(d|)
 *  observer:  --x---y---(z|)    x: 1 token, about 0/s  y: 2 tokens, about 250/s
 *                               z: 100 tokens, exactly 50/s
 * ```
 *
 * The observer sees the figures before the chunk goes on, and completion and errors too.
 *
 * - **Completes:** with the source, once the observer has been told.
 * - **Errors:** those of the source, unchanged; and what the observer throws.
 * - **Unsubscribes:** from the source, in the same frame.
 * - **Memory:** a few numbers.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; as a clock, without a timer.
 *
 * ```ts
 * import { answerText, fromOllamaChat, tapThroughput } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(
 *     tapThroughput(({ tokensPerSecond }) => (document.title = tokensPerSecond.toFixed(1))),
 *     answerText(),
 *   )
 *   .subscribe((text) => document.body.append(text));
 * ```
 *
 * @param observer is shown the figures
 * @see {@link throughput}
 */
export function tapThroughput<C extends ChatChunk>(
  observer: Partial<Observer<Throughput>> | ((figures: Throughput) => void),
  { scheduler = asyncScheduler }: ThroughputOptions = {},
): MonoTypeOperatorFunction<C> {
  const to: Partial<Observer<Throughput>> =
    typeof observer === 'function' ? { next: observer } : observer;
  return (source) =>
    defer(() => {
      const meter = createThroughput(scheduler.now());
      return source.pipe(
        tap({
          next: (chunk) => to.next?.(meter.add(chunk, scheduler.now())),
          error: (cause: unknown) => to.error?.(cause),
          complete: () => to.complete?.(),
        }),
      );
    });
}
