import type { OperatorFunction } from 'rxjs';
import { createHalfJoiner } from '../core/message/halves.js';
import { createResponse } from '../core/message/response.js';
import { createOperator } from '../createOperator.js';
import type { AnyChatChunk, ChatChunk, PhasedChunk } from '../types/index.js';

/**
 * Emits the response so far, in the shape that `stream: false` gives: the message and the log
 * probabilities joined, and all other fields as in the latest chunk that has them.
 *
 * _It's like `accumulateMessage`, but with everything around the message: why the model stopped, and
 * the server's statistics._
 *
 * ```none
 *  source:  --a---b---(d|)    a: 'Hel'  b: 'lo'  d: done
 *           accumulateResponse()
 *  result:  --x---y---(z|)    x: 'Hel'  y: 'Hello'  z: 'Hello', done
 * ```
 *
 * The message is built as {@link accumulateMessage} builds it. The marks of other operators (`phase`,
 * `merged`, `reclassify`, `reset`, `restart`) are obeyed and left out. The chunk after a final one starts
 * the next response of a run.
 *
 * Responses don't change after they were emitted, and each has a `message` of its own. The response of a
 * final chunk is plain data. Before it, the cost of a response doesn't depend on how long its lists are:
 * from the 65th element on, `logprobs` and `tool_calls` are getters that copy the list when they are
 * first read. They can be assigned, spread, cloned and written as JSON all the same.
 *
 * - **Completes:** with the source; an empty source gives an empty result. If half of a character is
 *   still waiting, one more response has it.
 * - **Errors:** those of the source, unchanged, after that response; no errors of its own.
 * - **Unsubscribes:** from the source, synchronously.
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
export function accumulateResponse<C extends AnyChatChunk = ChatChunk>(): OperatorFunction<
  C,
  C extends PhasedChunk<infer P> ? P : C
> {
  return createOperator(() => {
    const halves = createHalfJoiner<C>();
    const response = createResponse<C>();
    return {
      next: (chunk) => [response.add(halves.next(chunk))],
      flush: () => halves.flush().map((rest) => response.add(rest)),
    };
  });
}
