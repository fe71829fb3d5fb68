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
  type FormatChange,
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

// A schema by itself, or in options: all three take both.
const ark = type({ name: 'string', tags: 'string[]' });
const valibot = v.object({ name: v.string(), tags: v.array(v.string()) });
expectTypeOf(chat$.pipe(parseJson({ schema: zod }))).toEqualTypeOf<Observable<Person>>();
expectTypeOf(chat$.pipe(parseJson({ schema: ark, maxTrailing: 0 }))).toEqualTypeOf<
  Observable<Person>
>();
expectTypeOf(
  chat$.pipe(parseJson({ schema: valibot, repair: (text) => text.trim() })),
).toEqualTypeOf<Observable<Person>>();
expectTypeOf(chat$.pipe(partialJson(zod))).toEqualTypeOf<Observable<PartialJson<Person>>>();
expectTypeOf(chat$.pipe(partialJson(ark))).toEqualTypeOf<Observable<PartialJson<Person>>>();
expectTypeOf(chat$.pipe(partialJson({ schema: valibot, every: 50 }))).toEqualTypeOf<
  Observable<PartialJson<Person>>
>();
expectTypeOf(chat$.pipe(jsonElements(valibot))).toEqualTypeOf<Observable<Person>>();
expectTypeOf(chat$.pipe(jsonElements(ark))).toEqualTypeOf<Observable<Person>>();
expectTypeOf(chat$.pipe(jsonElements({ schema: zod }))).toEqualTypeOf<Observable<Person>>();

// A JSON Schema checks nothing, so what the value is, is said or unknown.
const jsonSchema: JsonSchema = { type: 'object' };
expectTypeOf(chat$.pipe(parseJson(jsonSchema))).toEqualTypeOf<Observable<unknown>>();
expectTypeOf(chat$.pipe(parseJson<Person>(jsonSchema))).toEqualTypeOf<Observable<Person>>();
expectTypeOf(chat$.pipe(parseJson({ type: 'object', properties: {} }))).toEqualTypeOf<
  Observable<unknown>
>();
expectTypeOf(chat$.pipe(partialJson({ schema: toFormat(zod) }))).toEqualTypeOf<
  Observable<PartialJson<unknown>>
>();
expectTypeOf(chat$.pipe(parseJson({ repair: (text) => text }))).toEqualTypeOf<
  Observable<unknown>
>();

// Options may be `undefined`.
const none = undefined;
parseJson({ schema: zod, repair: none, maxTrailing: none });
partialJson({ schema: none, every: none, scheduler: none });
jsonElements({ schema: none, path: none });

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

expectTypeOf(toFormat).parameter(1).toEqualTypeOf<((change: FormatChange) => void) | undefined>();

// @ts-expect-error a time is a number of milliseconds
partialJson({ every: 'frame' });
// @ts-expect-error there is no such option
partialJson({ schema: zod, evry: 50 });
// @ts-expect-error a repair takes text
parseJson({ schema: zod, repair: (text: number) => String(text) });
// @ts-expect-error a repair returns text
parseJson({ schema: zod, repair: () => undefined });
// @ts-expect-error there has to be a schema
parseJson();
// @ts-expect-error a path is a list
jsonElements({ path: 'items' });
// @ts-expect-error a schema is an object
toFormat('json');
