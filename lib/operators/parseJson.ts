import { filter, map, pipe, takeLast, type OperatorFunction } from 'rxjs';
import type { Schema } from '../core/json/schema.js';
import type { ChatChunk } from '../types/index.js';
import { partialJson, type PartialJson } from './partialJson.js';

/**
 * Emits the value of the JSON that the answer holds once, when the answer is complete and the value
 * fits the schema.
 *
 * _It's like `partialJson`, for who can wait._
 *
 * ```none
 *  source:  --a---b---(d|)    a: '```json\n{"n":'  b: '1}\n```'  d: done
 *           parseJson(schema)
 *  result:  ----------(x|)    x: {n: 1}
 * ```
 *
 * Fences, prose and thinking are skipped as in {@link partialJson}. Of several answers, as a run of
 * tools may have, the value is that of the last one.
 *
 * - **Completes:** with the source, right after the value; an empty one gives an empty result.
 * - **Errors:** those of the source, unchanged; an {@link OllamaValidationError} for no JSON, broken or
 *   unfinished JSON, or a value that doesn't fit; and what the schema throws.
 * - **Unsubscribes:** from the source, in the same frame; the result of a validation under way is
 *   ignored.
 * - **Memory:** the answer's text, and its value so far.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { fromOllamaChat, parseJson, toFormat } from 'rxjs-ollama';
 * import { z } from 'zod';
 *
 * const schema = z.object({ sum: z.number() });
 * fromOllamaChat({
 *   model: 'qwen3',
 *   messages: [{ role: 'user', content: 'What is 17 + 23?' }],
 *   format: toFormat(schema),
 * })
 *   .pipe(parseJson(schema))
 *   .subscribe(({ sum }) => console.log(sum));
 * ```
 *
 * @param schema what the value has to be: a Standard Schema, or a JSON Schema, which is not checked
 * @see {@link partialJson}, {@link toFormat}
 */
export function parseJson<T>(schema: Schema<T>): OperatorFunction<ChatChunk, T> {
  return pipe(
    partialJson({ schema }),
    filter((partial): partial is PartialJson<T> & { done: true } => partial.done),
    takeLast(1),
    map(({ value }) => value),
  );
}
