import { asyncScheduler, defer, tap, type MonoTypeOperatorFunction, type Observer } from 'rxjs';
import { createThroughput, type Throughput } from '../core/throughput.js';
import { checkScheduler } from '../time.js';
import type { AnyChatChunk, ChatChunk } from '../types/index.js';
import type { ThroughputOptions } from './throughput.js';

/**
 * Passes each chunk through unchanged, and its throughput to an observer.
 *
 * _It's like `tap`, but the observer gets what `throughput` emits._
 *
 * ```none
 *  source:    --a 190ms b 90ms (d|)    a: 'Hel'  b: 'lo'  d: done
 *             tapThroughput(observer)  -: 10 ms
 *  result:    --a 190ms b 90ms (d|)
 *  observer:  --x 190ms y 90ms (z|)    x: 1 token  y: 2 tokens, about 5/s
 *                                      z: 100 tokens, exactly 50/s
 * ```
 *
 * The observer is called before the chunk is emitted. Completion and errors reach it too. See
 * {@link throughput} for when `tokensPerSecond` is absent.
 *
 * - **Completes:** with the source, after the observer.
 * - **Errors:** those of the source, unchanged, after the observer; and what the observer throws.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** a few numbers.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; as a clock, without a timer.
 *
 * ```ts
 * import { answerText, fromOllamaChat, tapThroughput } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(
 *     tapThroughput(({ tokensPerSecond = 0 }) => (document.title = tokensPerSecond.toFixed(1))),
 *     answerText(),
 *   )
 *   .subscribe((text) => document.body.append(text));
 * ```
 *
 * @param observer gets the throughput per chunk
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link throughput}
 */
export function tapThroughput<C extends AnyChatChunk = ChatChunk>(
  observer: Partial<Observer<Throughput>> | ((throughput: Throughput) => void),
  options: ThroughputOptions = {},
): MonoTypeOperatorFunction<C> {
  const { scheduler = asyncScheduler } = options;
  checkScheduler(scheduler);
  const to: Partial<Observer<Throughput>> =
    typeof observer === 'function' ? { next: observer } : observer;
  return (source) =>
    defer(() => {
      const counter = createThroughput(scheduler.now());
      return source.pipe(
        tap({
          next: (chunk) => to.next?.(counter.add(chunk, scheduler.now())),
          error: (cause: unknown) => to.error?.(cause),
          complete: () => to.complete?.(),
        }),
      );
    });
}
