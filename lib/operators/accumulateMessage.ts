import type { OperatorFunction } from 'rxjs';
import { createHalfJoiner } from '../core/message/halves.js';
import { createMessage } from '../core/message/message.js';
import { createOperator } from '../createOperator.js';
import type { AnyChatChunk, AssistantMessage } from '../types/index.js';

/**
 * Emits the assistant's message so far: a snapshot per chunk, ready to append to `messages`.
 *
 * _It's like `scan`, but it knows which parts of a chunk are deltas._
 *
 * ```none
 *  source:  --a---b---(d|)    a: 'Hel'  b: 'lo'  d: done
 *           accumulateMessage()
 *  result:  --x---y---(y|)    x: 'Hel'  y: 'Hello'
 * ```
 *
 * - `content` and `thinking` are joined. `thinking` is absent while there is none.
 * - `tool_calls` are collected in order of arrival, and absent while there are none. A call whose `id`
 *   has come before in the message is not added again.
 * - `arguments` that came as a string or not at all become an object, since the server refuses
 *   anything else.
 * - A chunk with `reclassify` moves the answer so far to `thinking`.
 * - A chunk with `reset` starts the message over. The chunk after a final one starts the next message of
 *   a run.
 * - Half of a character at the end of a chunk's text waits for the other half, or for the end.
 * - A chunk that adds nothing emits the same object again, so that `distinctUntilChanged` drops it.
 *
 * Snapshots don't change after they were emitted. The cost of one doesn't depend on the length of the
 * message: from the 65th call on, `tool_calls` is a getter that copies the list when it is first read.
 *
 * - **Completes:** with the source; an empty source gives an empty result. If half of a character is
 *   still waiting, one more snapshot has it.
 * - **Errors:** those of the source, unchanged, after that snapshot; no errors of its own.
 * - **Unsubscribes:** from the source, synchronously.
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
export function accumulateMessage(): OperatorFunction<AnyChatChunk, AssistantMessage> {
  return createOperator(() => {
    const halves = createHalfJoiner();
    const message = createMessage();
    const add = (chunk: AnyChatChunk): AssistantMessage => {
      message.add(chunk);
      return message.snapshot();
    };
    return {
      next: (chunk) => [add(halves.next(chunk))],
      flush: () => halves.flush().map(add),
    };
  });
}
