import {
  EMPTY,
  concat,
  concatMap,
  concatWith,
  defer,
  from,
  throwError,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import { createJsonAnswer } from '../core/json/answer.js';
import type { Schema } from '../core/json/schema.js';
import { fromResult } from '../transport/fromReply.js';
import type { ChatChunk } from '../types/index.js';

/** How {@link jsonElements} finds items. */
export interface JsonElementsOptions<T> {
  /** What each item has to be. */
  readonly schema?: Schema<T>;
  /** The keys and indices that lead to the array. @defaultValue `[]`: the JSON itself is the array */
  readonly path?: readonly (string | number)[];
}

/**
 * Emits each item of an array in the answer's JSON as soon as it is finished.
 *
 * _It's like `mergeAll` on an array that is still being written._
 *
 * ```none
 *  source:  --a---b---c---(d|)    a: '[{"n":1}'  b: ',{"n":'  c: '2}]'  d: done
 *           jsonElements({ schema })
 *  result:  --x-------y---(|)     x: {n: 1}  y: {n: 2}
 * ```
 *
 * Fences, prose and thinking are skipped as in {@link partialJson}.
 *
 * - **Completes:** with the source; an empty one gives an empty result.
 * - **Errors:** those of the source, unchanged; an {@link OllamaValidationError} for no JSON, broken or
 *   unfinished JSON, no array at the `path`, or an item that doesn't fit; and what a schema throws.
 *   What was finished before it is emitted first.
 * - **Unsubscribes:** from the source, in the same frame; the result of a validation under way is
 *   ignored.
 * - **Memory:** the answer's text, for the error; of the array only the item that is open; and chunks
 *   that come while an asynchronous schema is at work.
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
 * @see {@link partialJson}
 */
export function jsonElements<T = unknown>({
  schema,
  path = [],
}: JsonElementsOptions<T> = {}): OperatorFunction<ChatChunk, T> {
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
          concatMap((item) => fromResult(answer.validate(schema, item) as T)),
        );
        return concat(valid$, failure$);
      };

      return source.pipe(
        concatMap((chunk) =>
          emitAfter(() => {
            answer.add(chunk);
          }),
        ),
        concatWith(
          defer(() =>
            emitAfter(() => {
              answer.end();
            }),
          ),
        ),
      );
    });
}
