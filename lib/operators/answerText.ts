import type { OperatorFunction } from 'rxjs';
import { createTextReader } from '../core/message/halves.js';
import { createOperator } from '../createOperator.js';
import type { AnyChatChunk } from '../types/index.js';

/**
 * Emits the answer's text as it arrives: the `content` of each chunk that has text there.
 *
 * _It's like `map(chunk => chunk.message.content)`, but without the empty texts._
 *
 * ```none
 *  source:  --t---a-e-b---x-(d|)    t: thinking 'Let me '  a: 'Hel'  e: ''  b: 'lo'
 *                                   x: multiply({a: 17, b: 23})  d: done
 *           answerText()
 *  result:  ------x---y-----(|)     x: 'Hel'  y: 'lo'
 * ```
 *
 * Half of a character at the end of a chunk's text waits for the next text of the answer, or for the
 * end. So no text that is emitted ends in the middle of an emoji, unless the answer itself does.
 *
 * Put `splitThinking` before it if the model may think in tags. If the prompt's template opens the
 * tag, only `</think>` arrives. This operator has emitted the thinking before it as answer then, and
 * can't take that back. Use `splitThinking({ startsInThinking: true })`, or `accumulateMessage`, which
 * moves it.
 *
 * - **Completes:** with the source, after half of a character that still waits; a source without an
 *   answer gives an empty result.
 * - **Errors:** those of the source, unchanged, after such a half; no errors of its own.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** half of a character, at most.
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
export function answerText(): OperatorFunction<AnyChatChunk, string> {
  return createOperator(() => createTextReader('content'));
}
