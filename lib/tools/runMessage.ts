import type { OperatorFunction } from 'rxjs';
import { createOperator } from '../createOperator.js';
import type { ChatChunk } from '../types/index.js';
import type { ToolRunEvent } from './events.js';
import { createJoinedMessage } from './joinedMessage.js';

/**
 * Emits a run of tools as one message: the texts of all steps as deltas, then one final chunk.
 *
 * _It's like `runChunks`, but the whole run has one final chunk, and the calls made in it are removed._
 *
 * ```none
 *  source:  --(xcb)-r-(ds)-a-(efz|)    x: x()  c: tool-call x()  b: tool-start x()
 *                                      r: tool-result x()  d: done  s: step-finish  a: 'Hello'
 *                                      e: done  f: step-finish  z: finish
 *           runMessage()
 *  result:  --y------------a-(f|)      y: ''  f: done
 * ```
 *
 * Use it where the run has to look like one answer, such as for a client that reads Ollama's NDJSON: the
 * official client stops at the first final chunk, and would lose the steps after it.
 *
 * - A final chunk with text becomes a delta. One without text is dropped.
 * - Calls that the run answered are removed. Calls that wait for a decision are on the final chunk.
 * - The final chunk follows `finish`. It has its `reason` as `done_reason`, and its `statistics`, which are
 *   summed over the steps.
 *
 * **Tags.** `splitThinking` reads tags at the beginning of a message only. For a model that thinks in tags,
 * put it into the client of the run, where each step is a message of its own.
 *
 * **Retries.** The client of a run may start one step over. The message then starts over too: its next chunk
 * has `reset`, with the texts of the steps before it. So does a chunk with `reclassify` after a step with
 * an answer.
 *
 * - **Completes:** with the run.
 * - **Errors:** those of the run, unchanged, and without a final chunk; none of its own.
 * - **Unsubscribes:** from the run, synchronously: it cancels the request and aborts the tools.
 * - **Memory:** the text of the run.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { accumulateMessage, runMessage, runTools, type DefinedTool } from 'rxjs-ollama';
 *
 * declare const tools: DefinedTool[];
 * runTools({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }, { tools })
 *   .pipe(runMessage(), accumulateMessage())
 *   .subscribe(({ content }) => console.log(content));
 * ```
 *
 * @see {@link runChunks}, {@link runTools}
 */
export function runMessage(): OperatorFunction<ToolRunEvent, ChatChunk> {
  return createOperator<ToolRunEvent, ChatChunk>(() => {
    const message = createJoinedMessage();
    return { next: (event) => message.next(event), flush: () => [] };
  });
}
