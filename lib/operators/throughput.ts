import { asyncScheduler, defer, map, type OperatorFunction, type SchedulerLike } from 'rxjs';
import { createThroughput, type Throughput } from '../core/throughput.js';
import { checkScheduler } from '../time.js';
import type { AnyChatChunk } from '../types/index.js';

/** The clock of {@link throughput} and {@link tapThroughput}. */
export interface ThroughputOptions {
  /** Its `now()` is the clock. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Emits how fast the answer arrives: per chunk the throughput so far, with the final chunk the server's
 * own statistics.
 *
 * _It's like `scan` that counts, but at the end the server's count takes the place of the estimate._
 *
 * ```none
 *  source:  --a 190ms b 90ms (d|)    a: 'Hel'  b: 'lo'  d: done
 *           throughput()             -: 10 ms
 *  result:  --x 190ms y 90ms (z|)    x: 1 token  y: 2 tokens, about 5/s
 *                                    z: 100 tokens, exactly 50/s
 * ```
 *
 * Before the final chunk, each chunk counts as a token. A chunk that `bufferForUi` merged counts as many
 * as it was made of. The rate is measured since the first chunk, and absent until that is 100 ms ago.
 *
 * The final chunk replaces both by `eval_count` and `eval_duration`, and `exact` is `true`. The rate stays
 * measured here, and `exact` is `false`,
 *
 * - where the duration is missing, as from cloud models;
 * - where a duration can't be right: more than 50,000 tokens per second;
 * - for an answer of one token, since servers measure from the first token on;
 * - where more chunks arrived than `eval_count` says. With `think` and `format` the server generates
 *   twice, and counts the second time only. `tokens` never falls.
 *
 * Two clocks measure the times. `firstChunkMs`, `firstThinkingMs` and `firstAnswerMs` are measured here,
 * from subscribing. `loadMs`, `promptMs` and `generationMs` are the server's. `totalMs` is measured here,
 * and on a final chunk it is the server's, which may be less than `firstChunkMs`. A clock that is put
 * back never gives negative times.
 *
 * After a chunk with `reset`, or after a final one in a run of tools, counting starts again.
 *
 * - **Completes:** with the source; an empty source gives an empty result.
 * - **Errors:** those of the source, unchanged; no errors of its own.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** a few numbers.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; as a clock, without a timer.
 *
 * ```ts
 * import { fromOllamaChat, throughput } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(throughput())
 *   .subscribe(({ tokensPerSecond, exact }) =>
 *     console.log(`${exact ? '' : '~'}${tokensPerSecond?.toFixed(1) ?? '?'} tokens/s`),
 *   );
 * ```
 *
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link tapThroughput}
 */
export function throughput(
  options: ThroughputOptions = {},
): OperatorFunction<AnyChatChunk, Throughput> {
  const { scheduler = asyncScheduler } = options;
  checkScheduler(scheduler);
  return (source) =>
    defer(() => {
      const counter = createThroughput(scheduler.now());
      return source.pipe(map((chunk) => counter.add(chunk, scheduler.now())));
    });
}
