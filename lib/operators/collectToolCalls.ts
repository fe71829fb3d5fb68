import { defer, reduce, tap, type OperatorFunction } from 'rxjs';
import type { ChatChunk, ChunkMarks, IdentifiedToolCall } from '../types/index.js';
import { toolCalls } from './toolCalls.js';

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
 * In order of arrival, with `id` and `arguments` made good as {@link toolCalls} does. A chunk with
 * `reset` drops those of the message that it starts over; in a run of tools, those of the steps before
 * stay.
 *
 * - **Completes:** with the source, right after the calls; an empty one gives `[]`.
 * - **Errors:** those of the source, unchanged; and an {@link OllamaToolError}, as in
 *   {@link toolCalls}. No calls are emitted then: an answer that was cut may lack some.
 * - **Unsubscribes:** from the source, in the same frame.
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
export function collectToolCalls(): OperatorFunction<ChatChunk, IdentifiedToolCall[]> {
  return (source) =>
    defer(() => {
      const calls: IdentifiedToolCall[] = [];
      let kept = 0;
      let complete = false;
      return source.pipe(
        tap(({ reset, done }: ChatChunk & ChunkMarks) => {
          if (complete) kept = calls.length;
          if (reset) calls.length = kept;
          complete = done;
        }),
        toolCalls(),
        reduce((all, call) => {
          all.push(call);
          return all;
        }, calls),
      );
    });
}
