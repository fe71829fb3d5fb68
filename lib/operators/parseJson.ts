import { filter, map, pipe, takeLast, type OperatorFunction } from 'rxjs';
import type { Schema } from '../core/schema.js';
import type { ChatChunk } from '../types.js';
import { partialJson, type PartialJson } from './partialJson.js';

/**
 * Emits the value of the JSON that the answer holds once, when the answer is complete and the value
 * fits the schema.
 *
 * _It's like `partialJson`, for who can wait._
 *
 * ```none
 *  source:  --a---b---(d|)    a: '{"n":'  b: '1}'  d: the final chunk
 *           parseJson(schema)
 *  result:  ----------(x|)    x: {n: 1}
 * ```
 *
 * Fences, prose and errors are as in {@link partialJson}.
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
