import { concatMap, defer, filter, map, type OperatorFunction } from 'rxjs';
import { createMessage } from '../core/message/message.js';
import { readCall } from '../core/message/toolCalls.js';
import type { ChatChunk, IdentifiedToolCall } from '../types/index.js';

/**
 * Emits each tool call as it arrives.
 *
 * _It's like `mergeMap` over `message.tool_calls`, with what servers get wrong put right._
 *
 * ```none
 *  source:  --a---b---(f|)    a: 'Let me add.'  b: add({a: 0}), add({a: 1})  f: add({a: 2}), done
 *           toolCalls()
 *  result:  ------(xy)(z|)    x: add({a: 0})  y: add({a: 1})  z: add({a: 2})
 * ```
 *
 * A call always arrives whole: one per chunk, several in one, or all on the final chunk. They are never
 * merged or keyed by `index`, which is missing or 0 on many servers. The server's `id` is kept; a
 * missing one is filled with the number of calls before it (`call_0`, `call_1` …). `arguments` that
 * came as a string or not at all are made an object.
 *
 * - **Completes:** with the source; one without calls gives an empty result.
 * - **Errors:** those of the source, unchanged; an {@link OllamaToolError} for a call without a name,
 *   or with arguments that can't be made an object. It has the `call`, and the message so far as
 *   `partial`.
 * - **Unsubscribes:** from the source, in the same frame.
 * - **Memory:** the message so far, for `partial`.
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
export function toolCalls(): OperatorFunction<ChatChunk, IdentifiedToolCall> {
  return (source) =>
    defer(() => {
      const builder = createMessage();
      let place = 0;
      return source.pipe(
        map((chunk) => {
          builder.add(chunk);
          return chunk.message.tool_calls ?? [];
        }),
        filter((calls) => calls.length > 0),
        // One by one: the calls before one that can't be read are good.
        concatMap(function* (calls) {
          for (const call of calls) yield readCall(call, place++, () => builder.snapshot());
        }),
      );
    });
}
