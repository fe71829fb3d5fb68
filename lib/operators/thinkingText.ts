import type { OperatorFunction } from 'rxjs';
import { createTextReader } from '../core/message/halves.js';
import { createOperator } from '../createOperator.js';
import type { AnyChatChunk } from '../types/index.js';

/**
 * Emits the thinking as it arrives: the `thinking` of each chunk that has text there.
 *
 * _It's like `answerText`, but for the thinking._
 *
 * ```none
 *  source:  --t-e-u---a-x-(d|)    t: thinking 'Let me '  e: ''  u: thinking 'see.'  a: 'Hel'
 *                                 x: multiply({a: 17, b: 23})  d: done
 *           thinkingText()
 *  result:  --x---y-------(|)     x: 'Let me '  y: 'see.'
 * ```
 *
 * Half of a character at the end of a chunk's text waits for the next text of the thinking, or for the
 * end. Put `splitThinking` before this operator if the model may think in tags.
 *
 * - **Completes:** with the source, after half of a character that still waits; a source without
 *   thinking gives an empty result.
 * - **Errors:** those of the source, unchanged, after such a half; no errors of its own.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** half of a character, at most.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { fromOllamaChat, splitThinking, thinkingText } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'deepseek-r1', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(splitThinking(), thinkingText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @see {@link answerText}, {@link splitThinking}
 */
export function thinkingText(): OperatorFunction<AnyChatChunk, string> {
  return createOperator(() => createTextReader('thinking'));
}
