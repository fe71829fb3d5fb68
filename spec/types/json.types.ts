import { type } from 'arktype';
import { expectTypeOf } from 'expect-type';
import type { Observable } from 'rxjs';
import * as v from 'valibot';
import { z } from 'zod';
import {
  jsonElements,
  parseJson,
  partialJson,
  toFormat,
  type ChatChunk,
  type DeepPartial,
  type JsonSchema,
  type PartialJson,
} from '../../lib/index.js';

declare const chat$: Observable<ChatChunk>;

interface Person {
  name: string;
  tags: string[];
}

const zod = z.object({ name: z.string(), tags: z.array(z.string()) });

// The value's type is the schema's, and only when it is complete.
expectTypeOf(chat$.pipe(partialJson({ schema: zod }))).toEqualTypeOf<
  Observable<PartialJson<Person>>
>();
chat$.pipe(partialJson({ schema: zod })).subscribe((partial) => {
  if (partial.done) expectTypeOf(partial.value).toEqualTypeOf<Person>();
  else expectTypeOf(partial.value).toEqualTypeOf<DeepPartial<Person>>();
  expectTypeOf(partial.value.tags).toEqualTypeOf<string[] | readonly string[] | undefined>();
});

// Whatever library it is of.
expectTypeOf(chat$.pipe(parseJson(zod))).toEqualTypeOf<Observable<Person>>();
expectTypeOf(chat$.pipe(parseJson(type({ n: 'number' })))).toEqualTypeOf<
  Observable<{ n: number }>
>();
expectTypeOf(chat$.pipe(parseJson(v.object({ n: v.number() })))).toEqualTypeOf<
  Observable<{ n: number }>
>();

// It is what the schema gives, not what it takes.
expectTypeOf(chat$.pipe(parseJson(z.string().transform(Number)))).toEqualTypeOf<
  Observable<number>
>();
expectTypeOf(chat$.pipe(jsonElements({ schema: zod, path: ['people', 0] }))).toEqualTypeOf<
  Observable<Person>
>();

// Without a schema nothing is known, or what one says.
expectTypeOf(chat$.pipe(partialJson())).toEqualTypeOf<Observable<PartialJson<unknown>>>();
expectTypeOf(chat$.pipe(partialJson<Person>())).toEqualTypeOf<Observable<PartialJson<Person>>>();
expectTypeOf(chat$.pipe(jsonElements())).toEqualTypeOf<Observable<unknown>>();

expectTypeOf(toFormat(zod)).toEqualTypeOf<JsonSchema>();

// @ts-expect-error a time is a number of milliseconds
partialJson({ every: 'frame' });
// @ts-expect-error there has to be a schema
parseJson();
// @ts-expect-error a path is a list
jsonElements({ path: 'items' });
// @ts-expect-error a schema is an object
toFormat('json');
