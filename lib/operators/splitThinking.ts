import type { OperatorFunction } from 'rxjs';
import { createGrammar, type SplitThinkingOptions } from '../core/thinking/grammar.js';
import { createPhaseSplitter } from '../core/thinking/splitter.js';
import { createOperator } from '../createOperator.js';
import type { AnyChatChunk, ChatChunk, PhasedChunk } from '../types/index.js';

/**
 * Adds to each chunk what it is about: `phase` is `'thinking'`, `'answer'`, `'tools'` or `'done'`. A chunk
 * that is about several things becomes several chunks, in this order. The last one has the statistics.
 *
 * _It's like `map`, but it adds the `phase`, and one chunk may become several or none._
 *
 * ```none
 *  source:  --a---b---c---(d|)    a: '<thi'  b: 'nk>hm</think>'  c: 'Hi'  d: done
 *           splitThinking()
 *  result:  ------b---c---(d|)    b: thinking 'hm'  c: answer 'Hi'
 * ```
 *
 * **Native thinking.** A chunk with `message.thinking` switches the reading of tags off for its message:
 * tags in the content are text.
 *
 * **Tags.** Otherwise tags are read where Ollama's own parser reads them: one opening tag before the
 * first visible text, and the first closing tag that belongs to it.
 *
 * - A tag may be cut by chunks at any character. Text that may become a tag waits for the next chunk.
 * - An opening tag may have attributes, of up to 200 characters on one line.
 * - White space before a leading tag and after any tag is dropped.
 * - The channels of gpt-oss are read too. Only the channel `final` is the answer.
 *
 * **A closing tag without an opening one** occurs where the prompt's template opens the block. The answer
 * so far was thinking then, and was already emitted as answer. The next chunk has `reclassify: true`,
 * and `accumulateMessage` and `accumulateResponse` move the text. Operators that emit deltas, such as
 * `answerText`, can't take it back. Use `startsInThinking: true` for such a model.
 * A closing tag inside code or quotation marks is text, and so is one after the answer mentioned the
 * opening tag.
 *
 * The chunk after a final chunk begins the next message, and so does a chunk with `reset`. A chunk that
 * has a `phase` already is emitted as it is.
 *
 * - **Completes:** with the source, after the text that waited; an empty source gives an empty result.
 * - **Errors:** those of the source, unchanged, after the text that waited; no errors of its own.
 * - **Unsubscribes:** from the source, synchronously; text that waits is dropped.
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
export function splitThinking<C extends AnyChatChunk = ChatChunk>(
  options?: SplitThinkingOptions,
): OperatorFunction<C, PhasedChunk<C>> {
  const grammar = createGrammar(options);
  return createOperator(() => createPhaseSplitter<C>(grammar));
}
