import { concatMap, defer, filter, map, type OperatorFunction } from 'rxjs';
import { createMessage } from '../core/message.js';
import { readCall } from '../core/toolCalls.js';
import type { ChatChunk, IdentifiedToolCall } from '../types.js';

/**
 * Emits each tool call as it arrives.
 *
 * _It's like `mergeMap` over `message.tool_calls`, with what servers get wrong put right._
 *
 * ```none
 *  source:  --a---b---(d|)      b: a chunk with the calls x and y  d: the final chunk, with the call z
 *           toolCalls()
 *  result:  ------(xy)(z|)
 * ```
 *
 * A call always arrives whole: one per chunk, several in one, or all on the final chunk. They are never
 * merged or keyed by `index`, which is missing or 0 on many servers. The server's `id` is kept; a
 * missing one is filled with the number of calls before it (`call_0`, `call_1` …). `arguments` that
 * came as a string or not at all are made an object; if they can't be, or if the call has no name, an
 * {@link OllamaToolError} is raised, with the call, and with the message so far as `partial`.
 *
 * An empty source gives an empty result, and so does one without calls; an error goes through.
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
