import { filter, map, pipe, type OperatorFunction } from 'rxjs';
import type { ChatChunk } from '../types.js';

/**
 * Emits what the model thinks as it comes: the `thinking` of each chunk that has some.
 *
 * _It's like `answerText`, for what comes before the answer._
 *
 * ```none
 *  source:  --s---t---a---(d|)    s: thinking 'Hm'  t: thinking '…'  a: answer  d: the final chunk
 *           thinkingText()
 *  result:  --x---y-------(|)     x: 'Hm'  y: '…'
 * ```
 *
 * Put `splitThinking` before it if the model may think in tags.
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
