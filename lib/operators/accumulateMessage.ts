import { defer, map, type OperatorFunction } from 'rxjs';
import { createMessage } from '../core/message/message.js';
import type { AssistantMessage, ChatChunk } from '../types/index.js';

/**
 * Emits the assistant's message so far: for each chunk a snapshot, ready to be appended to `messages`.
 *
 * _It's like `scan`, but it knows which parts of a chunk are deltas._
 *
 * ```none
 *  source:  --a---b---(d|)    a: 'Hel'  b: 'lo'  d: done
 *           accumulateMessage()
 *  result:  --x---y---(y|)    x: 'Hel'  y: 'Hello'
 * ```
 *
 * `content` and `thinking` grow, `tool_calls` are collected in order of arrival; the latter two are
 * absent while there are none. `arguments` that came as a string or not at all are made an object,
 * since the server takes nothing else back. A chunk that adds nothing emits the same object again, so
 * that `distinctUntilChanged` drops it. A chunk with `reclassify` makes the answer so far thinking,
 * and one with `reset` starts the message over, as does the chunk after a final one, which a run of
 * tools has. Snapshots are never changed afterwards, and cost the same however long the message is.
 *
 * - **Completes:** with the source; an empty one gives an empty result.
 * - **Errors:** those of the source, unchanged; none of its own.
 * - **Unsubscribes:** from the source, in the same frame.
 * - **Memory:** the message so far.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { accumulateMessage, fromOllamaChat, splitThinking, type Message } from 'rxjs-ollama';
 * import { lastValueFrom } from 'rxjs';
 *
 * const messages: Message[] = [{ role: 'user', content: 'Hi' }];
 * const chat$ = fromOllamaChat({ model: 'qwen3', messages });
 * messages.push(await lastValueFrom(chat$.pipe(splitThinking(), accumulateMessage())));
 * ```
 *
 * @see {@link accumulateResponse}, {@link splitThinking}, {@link bufferForUi}
 */
export function accumulateMessage(): OperatorFunction<ChatChunk, AssistantMessage> {
  return (source) =>
    defer(() => {
      const message = createMessage();
      return source.pipe(
        map((chunk) => {
          message.add(chunk);
          return message.snapshot();
        }),
      );
    });
}
