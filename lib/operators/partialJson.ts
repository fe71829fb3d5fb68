import {
  EMPTY,
  concatMap,
  concatWith,
  defer,
  identity,
  map,
  of,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';
import { createJsonAnswer } from '../core/json/answer.js';
import type { Schema } from '../core/json/schema.js';
import { fromResult } from '../transport/fromReply.js';
import type { ChatChunk } from '../types/index.js';
import { bufferForUi } from './bufferForUi.js';

/** A value of which members may still be missing. */
export type DeepPartial<T> = T extends readonly (infer I)[]
  ? readonly DeepPartial<I>[]
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T;

/** A value that is still coming, or is complete. */
export type PartialJson<T> =
  | { readonly value: DeepPartial<T>; readonly done: false }
  | { readonly value: T; readonly done: true };

/** How {@link partialJson} reads. */
export interface PartialJsonOptions<T> {
  /** What the complete value has to be; what comes before is not checked. */
  readonly schema?: Schema<T>;
  /** Emit at most once in so many ms. @defaultValue at each chunk */
  readonly every?: number;
  /** Where the time of `every` comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike;
}

/**
 * Emits the value of the JSON that the answer holds, as far as it has come, and once more when it is
 * complete.
 *
 * _It's like `JSON.parse`, but it doesn't wait._
 *
 * ```none
 *  source:  --a---b---c---(d|)    a: '{"name":"Ad'  b: 'a","age":3'  c: '6}'  d: done
 *           partialJson({ schema })
 *  result:  --x---y---z---(|)     x: {value: {name: 'Ad'}, done: false}
 *                                 y: {value: {name: 'Ada'}, done: false}
 *                                 z: {value: {name: 'Ada', age: 36}, done: true}
 * ```
 *
 * An open string is shown as far as it has come, a number, `true`, `false` or `null` once something
 * follows it, a key once it has a value. A member that is finished never changes: it is the same object
 * in all later values. What has not grown is not emitted again. While very wide values are open, not
 * every chunk is worth a copy of them: then a value is emitted as often as keeps the whole linear.
 *
 * Thinking is never looked at. Fences and prose that small models put around JSON are skipped. The
 * complete value has to fit the `schema`, if there is one. A chunk with `reset` or `reclassify`, and
 * one after a final chunk, begin anew.
 *
 * - **Completes:** with the source; an empty one gives an empty result.
 * - **Errors:** those of the source, unchanged; an {@link OllamaValidationError}, with the `text` and
 *   its `issues`, for no JSON, broken or unfinished JSON, or a value that doesn't fit; and what the
 *   schema throws.
 * - **Unsubscribes:** from the source, in the same frame; the result of a validation under way is
 *   ignored.
 * - **Memory:** the answer's text, and its value so far.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; only with `every`.
 *
 * ```ts
 * import { fromOllamaChat, partialJson, toFormat } from 'rxjs-ollama';
 * import { z } from 'zod';
 *
 * const schema = z.object({ name: z.string(), age: z.number() });
 * fromOllamaChat({
 *   model: 'qwen3',
 *   messages: [{ role: 'user', content: 'Make up a person.' }],
 *   format: toFormat(schema),
 * })
 *   .pipe(partialJson({ schema }))
 *   .subscribe(({ value, done }) => console.log(value.name, done));
 * ```
 *
 * @see {@link parseJson}, {@link jsonElements}, {@link toFormat}
 */
export function partialJson<T = unknown>({
  schema,
  every,
  scheduler,
}: PartialJsonOptions<T> = {}): OperatorFunction<ChatChunk, PartialJson<T>> {
  return (source) =>
    defer(() => {
      const answer = createJsonAnswer();
      let complete: unknown;

      const show = (): Observable<PartialJson<T>> => {
        const { json } = answer;
        if (!json.done) {
          return json.due ? of({ value: json.value as DeepPartial<T>, done: false }) : EMPTY;
        }
        if (json === complete) return EMPTY;
        complete = json;
        return fromResult(answer.validate(schema, json.value)).pipe(
          map((value) => ({ value: value as T, done: true })),
        );
      };

      return source.pipe(
        every === undefined ? identity : bufferForUi({ every, ...(scheduler && { scheduler }) }),
        concatMap((chunk) => {
          answer.add(chunk);
          return show();
        }),
        concatWith(
          defer(() => {
            answer.end();
            return show();
          }),
        ),
      );
    });
}
