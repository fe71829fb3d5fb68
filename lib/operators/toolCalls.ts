import { concatMap, defer, filter, map, type OperatorFunction } from 'rxjs';
import { createMessage } from '../core/message/message.js';
import { checkCall, createCallReader } from '../core/message/toolCalls.js';
import type { AnyChatChunk, IdentifiedToolCall } from '../types/index.js';

/**
 * Emits each tool call as it arrives.
 *
 * _It's like `mergeMap` over `message.tool_calls`, but fills in missing ids and repairs `arguments`._
 *
 * ```none
 *  source:  --a---b---(f|)    a: 'Let me add.'  b: add({a: 0}), add({a: 1})  f: add({a: 2}), done
 *           toolCalls()
 *  result:  ------(xy)(z|)    x: add({a: 0})  y: add({a: 1})  z: add({a: 2})
 * ```
 *
 * Calls arrive one per chunk, several in a chunk, or all on the final chunk. Whole calls are never
 * merged or keyed by `index`, which is missing or 0 on many servers. `fromOllamaChat` has joined the
 * pieces of a call that a server sent in pieces.
 *
 * - The server's `id` is kept. A second call with the same `id` in one message is the same call, and
 *   is dropped.
 * - A missing `id` is filled with the place of the call: `call_0`, `call_1` and so on. If another call
 *   of the message has that id, it is `call_0_1`.
 * - After `reset`, the places of the dropped calls are used again.
 * - `arguments` that came as a string, or not at all, become an object.
 * - An integer that a JavaScript number would round is the string of its digits.
 *
 * - **Completes:** with the source. A source without calls gives an empty result.
 * - **Errors:** those of the source, unchanged. An {@link OllamaToolError} for a call without a name, or
 *   with arguments that are not an object. It has the `call`, and the message so far as `partial`.
 * - **Unsubscribes:** from the source, synchronously.
 * - **Memory:** the calls, and the message so far, for `partial`.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { fromOllamaChat, toolCalls, type Tool } from 'rxjs-ollama';
 *
 * declare const tools: Tool[];
 * fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'What is 17 × 23?' }], tools })
 *   .pipe(toolCalls())
 *   .subscribe((call) => console.log(call.function.name, call.function.arguments));
 * ```
 *
 * @see {@link collectToolCalls}
 */
export function toolCalls(): OperatorFunction<AnyChatChunk, IdentifiedToolCall> {
  return (source) =>
    defer(() => {
      const message = createMessage();
      const reader = createCallReader();
      return source.pipe(
        map((chunk) => {
          message.add(chunk);
          return reader.add(chunk);
        }),
        filter((calls) => calls.length > 0),
        // One by one: the calls before one that can't be carried out are emitted.
        concatMap(function* (calls) {
          for (const call of calls) {
            checkCall(reader.sent(call), () => message.snapshot());
            yield call;
          }
        }),
      );
    });
}
