import type { OperatorFunction } from 'rxjs';
import { createPhaseSplitter } from '../core/thinking/splitter.js';
import type { ThinkingOptions } from '../core/thinking/parser.js';
import { createOperator } from '../createOperator.js';
import type { ChatChunk, PhasedChunk } from '../types/index.js';

/**
 * Says of each chunk what it is about: `phase` is `'thinking'`, `'answer'`, `'tools'` or `'done'`. A
 * chunk that is about several things becomes several chunks, in this order; the statistics ride on
 * the last one.
 *
 * _It's like `map`, but what a model mumbles into its beard is told from what it says._
 *
 * ```none
 *  source:  --a---b---c---(d|)    a: '<thi'  b: 'nk>hm</think>'  c: 'Hi'  d: done
 *           splitThinking()
 *  result:  ------b---c---(d|)    b: thinking 'hm'  c: answer 'Hi'
 * ```
 *
 * A model's own `message.thinking` wins: once it is seen, tags in the content are text. Otherwise tags
 * are read where Ollama's own parser reads them: one opening tag before the first visible text, its
 * closing tag where it first occurs, each possibly cut by chunks. White space after a tag is dropped,
 * and before a leading one. Text that might become a tag waits for the next chunk.
 *
 * A closing tag without an opening one, which templates cause that open the block in the prompt,
 * can't be undone in deltas: the next chunk emitted has `reclassify: true`, which means that all of
 * the answer so far was thinking. `accumulateMessage` and `accumulateResponse` move it. Inside code
 * or quotation marks, or after the answer mentioned the opening tag, it is text.
 *
 * After a final chunk, and with a chunk that carries `reset`, another message begins. Chunks that have
 * a `phase` already pass as they are.
 *
 * - **Completes:** with the source, once what waits has been emitted; an empty one gives an empty
 *   result.
 * - **Errors:** those of the source, unchanged, once what waits has been emitted; none of its own.
 * - **Unsubscribes:** from the source, in the same frame; what waits is dropped.
 * - **Memory:** text that may become a tag, white space before the text, and the latest chunk.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { fromOllamaChat, splitThinking } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'deepseek-r1', messages: [{ role: 'user', content: 'Hi' }] })
 *   .pipe(splitThinking())
 *   .subscribe(({ phase, message }) => {
 *     if (phase === 'thinking') console.log('🤔', message.thinking);
 *     if (phase === 'answer') console.log(message.content);
 *   });
 * ```
 *
 * @see {@link bufferForUi}, {@link accumulateMessage}, {@link answerText}, {@link thinkingText}
 */
export function splitThinking<C extends ChatChunk>(
  options?: ThinkingOptions,
): OperatorFunction<C, PhasedChunk<C>> {
  return createOperator(() => createPhaseSplitter<C>(options));
}
