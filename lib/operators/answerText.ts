import { filter, map, pipe, type OperatorFunction } from 'rxjs';
import type { ChatChunk } from '../types/index.js';

/**
 * Emits the answer's text as it comes: the `content` of each chunk that has some.
 *
 * _It's like `map(chunk => chunk.message.content)`, without the empty ones._
 *
 * ```none
 *  source:  --t---a-e-b---x-(d|)    t: thinking 'Let me '  a: 'Hel'  e: ''  b: 'lo'
 *                                   x: multiply({a: 17, b: 23})  d: done
 *           answerText()
 *  result:  ------x---y-----(|)     x: 'Hel'  y: 'lo'
 * ```
 *
 * Put `splitThinking` before it if the model may think in tags. What was emitted can't be taken back:
 * where the answer so far may turn out to have been thinking (`reclassify`), use `accumulateMessage`.
 *
 * - **Completes:** with the source; one without an answer gives an empty result.
 * - **Errors:** those of the source, unchanged; none of its own.
 * - **Unsubscribes:** from the source, in the same frame.
 * - **Memory:** nothing is kept.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { answerText, fromOllamaChat } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(answerText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @see {@link thinkingText}, {@link accumulateMessage}
 */
export function answerText(): OperatorFunction<ChatChunk, string> {
  return pipe(
    map(({ message }) => message.content),
    filter(Boolean),
  );
}
