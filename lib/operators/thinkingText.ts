import { filter, map, pipe, type OperatorFunction } from 'rxjs';
import type { ChatChunk } from '../types/index.js';

/**
 * Emits what the model thinks as it comes: the `thinking` of each chunk that has some.
 *
 * _It's like `answerText`, for what comes before the answer._
 *
 * ```none
 *  source:  --t-e-u---a-x-(d|)    t: thinking 'Let me '  e: ''  u: thinking 'see.'  a: 'Hel'
 *                                 x: multiply({a: 17, b: 23})  d: done
 *           thinkingText()
 *  result:  --x---y-------(|)     x: 'Let me '  y: 'see.'
 * ```
 *
 * Put `splitThinking` before it if the model may think in tags.
 *
 * - **Completes:** with the source; one without thinking gives an empty result.
 * - **Errors:** those of the source, unchanged; none of its own.
 * - **Unsubscribes:** from the source, in the same frame.
 * - **Memory:** nothing is kept.
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
export function thinkingText(): OperatorFunction<ChatChunk, string> {
  return pipe(
    map(({ message }) => message.thinking ?? ''),
    filter(Boolean),
  );
}
