import {
  EMPTY,
  concat,
  concatMap,
  concatWith,
  defer,
  from,
  map,
  throwError,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import { createJsonAnswer } from '../core/json/answer.js';
import { readOptions, type BareSchema, type Schema } from '../core/json/schema.js';
import { fromResult } from '../transport/fromReply.js';
import type { ChatChunk } from '../types/index.js';

/** How {@link jsonElements} finds items. */
export interface JsonElementsOptions<T = unknown> {
  /** Checks each item, and may transform it. */
  readonly schema?: Schema<T> | undefined;
  /** The keys and indices that lead to the array. @defaultValue `[]`: the JSON itself is the array */
  readonly path?: readonly (string | number)[] | undefined;
}

/**
 * Emits each item of an array in the answer's JSON as soon as it is finished.
 *
 * _It's like `concatAll` on an array, but before the array is complete._
 *
 * ```none
 *  source:  --a---b---c---(d|)    a: '[{"n":1}'  b: ',{"n":'  c: '2}]'  d: done
 *           jsonElements({ schema })
 *  result:  --x-------y---(|)     x: {n: 1}  y: {n: 2}
 * ```
 *
 * Fences, prose and thinking are skipped, and text is read, as in {@link partialJson}. A new attempt or
 * the next answer of a run has items of its own, which are emitted as well. An object is read as options
 * if it has the name of one; any other is the schema of an item.
 *
 * - **Completes:** with the source; an empty one gives an empty result.
 * - **Errors:** those of the source, unchanged; an {@link OllamaValidationError} for no JSON, broken or
 *   unfinished JSON, no array at the `path`, or an item that doesn't fit; and what a schema throws.
 *   Items that were finished before it are emitted first. If a key on the `path` occurs twice, then
 *   `JSON.parse` keeps only the second array: that is an error once items of the first were emitted.
 * - **Unsubscribes:** from the source, synchronously; the result of a pending validation is ignored.
 * - **Memory:** the answer's text, for the error; of the array only the item that is open; with an
 *   asynchronous schema, the chunks that come while it validates.
 * - **Scheduler:** none.
 *
 * ```ts
 * import { fromOllamaChat, jsonElements, toFormat } from 'rxjs-ollama';
 * import { z } from 'zod';
 *
 * const schema = z.object({ name: z.string() });
 * fromOllamaChat({
 *   model: 'qwen3',
 *   messages: [{ role: 'user', content: 'Name five rivers.' }],
 *   format: toFormat(z.object({ rivers: z.array(schema) })),
 * })
 *   .pipe(jsonElements({ schema, path: ['rivers'] }))
 *   .subscribe(({ name }) => console.log(name));
 * ```
 *
 * @param options a schema of an item, or options: a Standard Schema, or a JSON Schema, which is not checked
 * @see {@link partialJson}
 */
export function jsonElements<T = unknown>(
  options: BareSchema<T> | JsonElementsOptions<T> = {},
): OperatorFunction<ChatChunk, T> {
  const { schema, path = [] } = readOptions<JsonElementsOptions<T>>(options);
  return (source) =>
    defer(() => {
      let finished: unknown[] = [];
      const answer = createJsonAnswer({
        path,
        onElement: (element) => finished.push(element),
      });

      const emitAfter = (step: () => void): Observable<T> => {
        let failure$: Observable<never> = EMPTY;
        try {
          step();
        } catch (error) {
          failure$ = throwError(() => error);
        }
        const items = finished;
        finished = [];
        const valid$ = from(items).pipe(
          concatMap((item) => fromResult(answer.validate(schema, item))),
          map(({ value }) => value as T),
        );
        return concat(valid$, failure$);
      };

      return source.pipe(
        concatMap((chunk) =>
          emitAfter(() => {
            answer.add(chunk);
            answer.assertIntact();
          }),
        ),
        concatWith(
          defer(() =>
            emitAfter(() => {
              if (answer.begun) answer.end();
            }),
          ),
        ),
      );
    });
}
