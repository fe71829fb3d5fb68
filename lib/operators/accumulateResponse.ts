import { defer, map, type OperatorFunction } from 'rxjs';
import { createResponse, type Unmarked } from '../core/message/response.js';
import type { ChatChunk } from '../types/index.js';

/**
 * Emits the response so far, in the shape that `stream: false` would have given: the message put
 * together, log probabilities too, and all other fields as they came last.
 *
 * _It's like `accumulateMessage`, but with everything around the message: why the model stopped, and
 * what it took._
 *
 * ```none
 *  source:  --a---b---(d|)    a: 'Hel'  b: 'lo'  d: done
 *           accumulateResponse()
 *  result:  --x---y---(z|)    x: 'Hel'  y: 'Hello'  z: 'Hello', done
 * ```
 *
 * The marks of other operators (`phase`, `merged`, `reclassify`, `reset`) are honored and left out. In
 * a run of tools, what follows a final chunk is the next response. Snapshots are never changed
 * afterwards.
 *
 * - **Completes:** with the source; an empty one gives an empty result.
 * - **Errors:** those of the source, unchanged; none of its own.
 * - **Unsubscribes:** from the source, in the same frame.
 * - **Memory:** the response so far.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { accumulateResponse, fromOllamaChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(accumulateResponse())
 *   .subscribe((response) => {
 *     if (response.done) console.log(response.message.content, response.eval_count);
 *   });
 * ```
 *
 * @see {@link accumulateMessage}, {@link throughput}
 */
export function accumulateResponse<C extends ChatChunk>(): OperatorFunction<C, Unmarked<C>> {
  return (source) =>
    defer(() => {
      const response = createResponse<C>();
      return source.pipe(map((chunk) => response.add(chunk)));
    });
}
