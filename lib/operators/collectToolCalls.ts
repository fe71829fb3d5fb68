import { defer, map, reduce, type OperatorFunction } from 'rxjs';
import { createMessage } from '../core/message/message.js';
import { checkCall, createCallReader } from '../core/message/toolCalls.js';
import type { AnyChatChunk, IdentifiedToolCall } from '../types/index.js';

/**
 * Emits all tool calls of the answer once, when it is complete: `[]` if there are none.
 *
 * _It's like `toArray` after `toolCalls`._
 *
 * ```none
 *  source:  --a---b---(f|)    a: 'Let me add.'  b: add({a: 0}), add('{"a":1}')
 *                             f: add({a: 2}), done
 *           collectToolCalls()
 *  result:  ----------(s|)    s: [add({a: 0}), add({a: 1}), add({a: 2})]
 * ```
 *
 * The calls are in order of arrival, with `id` and `arguments` as {@link toolCalls} gives them.
 *
 * - A chunk with `reset` drops the calls of the message that it begins again.
 * - In a run of tools, the calls of the steps before it stay. A chunk that restarts the whole run drops
 *   them too.
 *
 * - **Completes:** with the source, right after the calls. A source without calls gives `[]`.
 * - **Errors:** those of the source, unchanged, and an {@link OllamaToolError} as in
 *   {@link toolCalls}. No calls are emitted then, since an answer that was cut may lack some.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** the calls, and the message so far, for `partial`.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { collectToolCalls, fromOllamaChat, type Tool } from 'rxjs-ollama';
 *
 * declare const tools: Tool[];
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'What is 17 × 23?' }], tools })
 *   .pipe(collectToolCalls())
 *   .subscribe((calls) => console.log(calls.length));
 * ```
 *
 * @see {@link toolCalls}, {@link accumulateMessage}
 */
export function collectToolCalls(): OperatorFunction<AnyChatChunk, IdentifiedToolCall[]> {
  return (source) =>
    defer(() => {
      const message = createMessage();
      return source.pipe(
        reduce((reader, chunk: AnyChatChunk) => {
          message.add(chunk);
          for (const call of reader.add(chunk)) {
            checkCall(reader.sent(call), () => message.snapshot());
          }
          return reader;
        }, createCallReader()),
        map(({ calls }) => [...calls]),
      );
    });
}
