import { filter, map, pipe, type OperatorFunction } from 'rxjs';
import type { ChatChunk } from '../types/index.js';
import type { ChunkEvent, ToolRunEvent } from './events.js';

/**
 * Emits the chunks of a run of tools, so that all operators for chunks work on a whole run.
 *
 * _It's like `filter` for the events of the type `chunk`, but emits the chunks themselves._
 *
 * ```none
 *  source:  --(xcb)-r-(ds)-a-(efz|)    x: x()  c: tool-call x()  b: tool-start x()
 *                                      r: tool-result x()  d: done  s: step-finish  a: 'Hello'
 *                                      e: done  f: step-finish  z: finish
 *           runChunks()
 *  result:  --x-------d----a-(e|)
 * ```
 *
 * A run has one final chunk per step. The chunk after it begins a new message, and `accumulateMessage`
 * and the other accumulating operators start over with it.
 *
 * - **Completes:** with the run.
 * - **Errors:** those of the run, unchanged; none of its own.
 * - **Unsubscribes:** from the run, synchronously: it cancels the request and aborts the tools.
 * - **Memory:** none.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { answerText, runChunks, runTools, type DefinedTool } from 'rxjs-ollama';
 *
 * declare const tools: DefinedTool[];
 * runTools({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }, { tools })
 *   .pipe(runChunks(), answerText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @see {@link runTools}
 */
export function runChunks(): OperatorFunction<ToolRunEvent, ChatChunk> {
  return pipe(
    filter((event): event is ChunkEvent => event.type === 'chunk'),
    map(({ chunk }) => chunk),
  );
}
