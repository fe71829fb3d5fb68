import { asyncScheduler, defer, map, type OperatorFunction, type SchedulerLike } from 'rxjs';
import { createThroughput, type Throughput } from '../core/throughput.js';
import type { ChatChunk } from '../types/index.js';

/** How {@link throughput} and {@link tapThroughput} tell the time. */
export interface ThroughputOptions {
  /** The clock. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike;
}

/**
 * Emits how fast the answer comes: for each chunk the figures so far, with the final chunk the
 * server's own.
 *
 * _It's like a speedometer that is calibrated on arrival._
 *
 * ```none
 *  source:  --a---b---(d|)    a: 'Hel'  b: 'lo'  d: done
 *           throughput()
 *  result:  --x---y---(z|)    x: 1 token, about 0/s  y: 2 tokens, about 250/s
 *                             z: 100 tokens, exactly 50/s
 * ```
 *
 * While the model is at it, tokens are counted as chunks (those that `bufferForUi` merged count as
 * many), and the rate is over the time since the first one. The final chunk's `eval_count` and
 * `eval_duration` replace both; where it lacks the duration, as cloud models do, the rate stays
 * inexact. Loading the model, reading the prompt and generating have figures of their own. Times are
 * milliseconds, counted from subscribing, on the scheduler's clock. After a
 * chunk with `reset`, or after a final one in a run of tools, the rest is counted anew.
 *
 * - **Completes:** with the source; an empty one gives an empty result.
 * - **Errors:** those of the source, unchanged; none of its own.
 * - **Unsubscribes:** from the source, in the same frame.
 * - **Memory:** a few numbers.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; as a clock, without a timer.
 *
 * ```ts
 * import { fromOllamaChat, throughput } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(throughput())
 *   .subscribe(({ tokensPerSecond, exact }) =>
 *     console.log(`${exact ? '' : '~'}${tokensPerSecond.toFixed(1)} tokens/s`),
 *   );
 * ```
 *
 * @see {@link tapThroughput}
 */
export function throughput({
  scheduler = asyncScheduler,
}: ThroughputOptions = {}): OperatorFunction<ChatChunk, Throughput> {
  return (source) =>
    defer(() => {
      const meter = createThroughput(scheduler.now());
      return source.pipe(map((chunk) => meter.add(chunk, scheduler.now())));
    });
}
