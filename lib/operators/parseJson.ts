import {
  EMPTY,
  concatWith,
  defer,
  ignoreElements,
  map,
  takeWhile,
  type OperatorFunction,
} from 'rxjs';
import { createJsonAnswer } from '../core/json/answer.js';
import { readOptions, type BareSchema, type Schema } from '../core/json/schema.js';
import { fromResult } from '../transport/fromReply.js';
import type { ChatChunk } from '../types/index.js';

/** How {@link parseJson} reads. */
export interface ParseJsonOptions<T = unknown> {
  /** Checks the value, and may transform it. */
  readonly schema?: Schema<T> | undefined;
  /**
   * Makes JSON of text that is not, such as `jsonrepair` of the package of that name. Called with all of
   * the answer's text, unless that is empty; the result has to be JSON and nothing else. What it throws
   * is the error.
   */
  readonly repair?: ((text: string) => string) | undefined;
  /**
   * How many white-space characters may follow the value. Some models write them without end: after so
   * many, the value is emitted and the source is unsubscribed from, which stops the model. `0` does so
   * right after the value.
   * @defaultValue `100`
   */
  readonly maxTrailing?: number | undefined;
}

/**
 * Emits the value of the JSON in the answer once, when the answer is complete and the value fits the
 * schema.
 *
 * _It's like `partialJson` with `last`, but it reads to the end before it fails._
 *
 * ```none
 *  source:  --a---b---(d|)    a: '```json\n{"n":'  b: '1}\n```'  d: done
 *           parseJson(schema)
 *  result:  ----------(x|)    x: {n: 1}
 * ```
 *
 * Fences, prose and thinking are skipped as in {@link partialJson}. Of several answers, as in a run of
 * tools, the value is that of the last one. An object is read as options if it has the name of one;
 * any other is the schema.
 *
 * - **Completes:** with the source, right after the value; an empty one gives an empty result. Earlier
 *   where `maxTrailing` white-space characters follow the value.
 * - **Errors:** those of the source, unchanged; after the end of the answer an
 *   {@link OllamaValidationError} with all of its `text`: without JSON, with broken or unfinished JSON, or with
 *   a value that doesn't fit; and what `repair` or the schema throws.
 * - **Unsubscribes:** from the source, synchronously; the result of a pending validation is ignored.
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
 * @param options a schema, or options with one: a Standard Schema, or a JSON Schema, which is not checked
 * @throws RangeError if `maxTrailing` is not a number from 0, or `Infinity`
 * @see {@link partialJson}, {@link toFormat}
 */
export function parseJson<T = unknown>(
  options: BareSchema<T> | ParseJsonOptions<T>,
): OperatorFunction<ChatChunk, T> {
  const { schema, repair, maxTrailing = 100 } = readOptions<ParseJsonOptions<T>>(options);
  if (!(maxTrailing >= 0)) {
    throw new RangeError(
      `maxTrailing is ${String(maxTrailing)}. Set it to a number of characters from 0 to Infinity.`,
    );
  }
  return (source) =>
    defer(() => {
      const answer = createJsonAnswer();
      const value$ = defer(() =>
        answer.begun ? fromResult(answer.validate(schema, answer.end(repair))) : EMPTY,
      ).pipe(map(({ value }) => value as T));

      return source.pipe(
        takeWhile((chunk) => {
          answer.add(chunk);
          return !answer.json.done || answer.trailing < maxTrailing;
        }),
        ignoreElements(),
        concatWith(value$),
      );
    });
}
