import {
  EMPTY,
  concatMap,
  concatWith,
  defer,
  map,
  noop,
  of,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
  type Subscription,
} from 'rxjs';
import { createJsonAnswer } from '../core/json/answer.js';
import { readOptions, type BareSchema, type Schema } from '../core/json/schema.js';
import { createOperator } from '../createOperator.js';
import { checkDuration, checkScheduler, wait } from '../time.js';
import { fromResult } from '../transport/fromReply.js';
import type { ChatChunk } from '../types/index.js';

/** A value of which members may be missing. */
export type DeepPartial<T> = T extends readonly (infer I)[]
  ? readonly DeepPartial<I>[]
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T;

/** A value that is incomplete so far, or complete. */
export type PartialJson<T> =
  | {
      /** The value as far as it has come. */
      readonly value: DeepPartial<T>;
      /** More may follow. */
      readonly done: false;
    }
  | {
      /** The complete value, as the schema makes it. */
      readonly value: T;
      /** It is the last one of its answer. */
      readonly done: true;
    };

/** How {@link partialJson} reads. */
export interface PartialJsonOptions<T = unknown> {
  /** Checks the complete value, and may transform it; earlier values are not checked. */
  readonly schema?: Schema<T> | undefined;
  /** The time between two emissions, in ms; `0` is each chunk. @defaultValue `0` */
  readonly every?: number | undefined;
  /** The scheduler of `every`. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Emits the value of the JSON in the answer as far as it has come, and once more when it is complete.
 *
 * _It's like `JSON.parse` in a `scan`, but work is linear and the text may end anywhere._
 *
 * ```none
 *  source:  --a---b---c---(d|)    a: '{"name":"Ad'  b: 'a","age":3'  c: '6}'  d: done
 *           partialJson({ schema })
 *  result:  --x---y---z---(|)     x: {value: {name: 'Ad'}, done: false}
 *                                 y: {value: {name: 'Ada'}, done: false}
 *                                 z: {value: {name: 'Ada', age: 36}, done: true}
 * ```
 *
 * An open string is shown as far as it has come; a number, `true`, `false` or `null` once something
 * follows it; a key once it has a value. A finished member never changes: it is the same object in all
 * later values. A value that has not grown is not emitted again.
 *
 * Each chunk that adds to an ordinary answer emits. A value is a copy of what is open: an item of an
 * array costs 1, a member of an object 64. All copies so far cost at most 24 million, and 16 more for
 * each character. So a value is emitted at least once per c / 16 characters, where c is the cost of its
 * copy: for 10,000 items of an open array, 625 characters.
 *
 * The value is what `JSON.parse` makes of the text, with two exceptions. Control characters in a string,
 * such as line breaks, are taken as they are. An integer of which a number would change digits is the
 * string of its digits.
 *
 * Thinking is ignored, and fences and prose around the JSON are skipped. A chunk with `reset` or
 * `reclassify`, and one after a final chunk, begins a new value. An object is read as options if it has
 * the name of one; any other is the schema.
 *
 * - **Completes:** with the source; an empty one gives an empty result.
 * - **Errors:** those of the source, unchanged; an {@link OllamaValidationError}, with the `text` so far
 *   and its `issues`, for no JSON, broken or unfinished JSON, or a value that doesn't fit; and what the
 *   schema throws.
 * - **Unsubscribes:** from the source, synchronously; the result of a pending validation is ignored.
 * - **Memory:** the answer's text, and its value so far; with `every`, the chunks of that time; with an
 *   asynchronous schema, the chunks that come while it validates.
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
 * @param options a schema, or options: a Standard Schema, or a JSON Schema, which is not checked
 * @throws RangeError if `every` is not a number of ms from 0, or `Infinity`
 * @throws TypeError if `scheduler` is not a scheduler
 * @see {@link parseJson}, {@link jsonElements}, {@link toFormat}
 */
export function partialJson<T = unknown>(
  options: BareSchema<T> | PartialJsonOptions<T> = {},
): OperatorFunction<ChatChunk, PartialJson<T>> {
  const { schema, every, scheduler } = readOptions<PartialJsonOptions<T>>(options);
  checkDuration('every', every);
  checkScheduler(scheduler);
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
          map(({ value }) => ({ value: value as T, done: true })),
        );
      };

      return source.pipe(
        every ? collect(every, scheduler) : map((chunk) => ({ chunk, isLast: true })),
        concatMap(({ chunk, isLast }) => {
          answer.add(chunk);
          answer.assertIntact();
          return isLast || answer.json.done ? show() : EMPTY;
        }),
        concatWith(
          defer(() => {
            if (answer.begun) answer.end();
            return show();
          }),
        ),
      );
    });
}

interface Collected {
  readonly chunk: ChatChunk;
  /** Whether it is the last chunk of its time. */
  readonly isLast: boolean;
}

/** Holds the chunks of so many ms, from the first one on. */
function collect(every: number, scheduler?: SchedulerLike): OperatorFunction<ChatChunk, Collected> {
  return createOperator((emit) => {
    let held: ChatChunk[] = [];
    let timer: Subscription | undefined;
    const flush = (): readonly Collected[] => {
      const chunks = held;
      held = [];
      timer?.unsubscribe();
      timer = undefined;
      return chunks.map((chunk, place) => ({ chunk, isLast: place === chunks.length - 1 }));
    };
    return {
      next(chunk) {
        held.push(chunk);
        timer ??= wait(every, scheduler).subscribe({
          next: () => {
            emit(flush());
          },
          error: noop,
        });
        return [];
      },
      flush,
      teardown: () => timer?.unsubscribe(),
    };
  });
}
