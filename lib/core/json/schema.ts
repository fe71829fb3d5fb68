import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { OllamaValidationError, type ValidationIssue } from '../../errors.js';
import type { AssistantMessage, JsonSchema } from '../../types/index.js';
import { toGrammarSchema, type FormatChange } from './grammarSchema.js';

/**
 * A schema that validates to a `T`: of any library that implements Standard Schema (zod, valibot,
 * arktype …), or a JSON Schema, which constrains the model and is not checked here.
 */
export type Schema<T = unknown> = StandardSchemaV1<unknown, T> | JsonSchema;

/** The type of a schema's valid values; of a JSON Schema only the keys, since values are not checked. */
export type InferSchema<S> = S extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<S>
  : S extends {
        /** Those of a JSON Schema for objects. */
        readonly properties: infer P;
      }
    ? { readonly [K in keyof P]?: unknown }
    : Readonly<Record<string, unknown>>;

/** The options of `parseJson`, `partialJson` and `jsonElements`. None is a keyword of JSON Schema. */
const OPTIONS = ['schema', 'every', 'scheduler', 'path', 'repair', 'maxTrailing'] as const;

/** A schema in place of options: it has none of their names. */
export type BareSchema<T = unknown> =
  | StandardSchemaV1<unknown, T>
  | (JsonSchema & Readonly<Partial<Record<(typeof OPTIONS)[number], never>>>);

/** A valid value. In an object, so that a value that is an Observable or a promise is not awaited. */
export interface Valid {
  readonly value: unknown;
}

/**
 * The options, for a schema in their place too: a Standard Schema is one by its `~standard`, and any
 * other object is options if it has the name of an option.
 *
 * @throws TypeError if the schema is neither an object nor a function
 */
export function readOptions<O extends { readonly schema?: Schema | undefined }>(
  options: BareSchema | O,
): O {
  assertSchema(options);
  if (isStandard(options) || !OPTIONS.some((name) => name in options)) {
    return { schema: options } as O;
  }
  const { schema } = options;
  if (schema !== undefined) assertSchema(schema);
  return options as O;
}

function isStandard(schema: object): schema is StandardSchemaV1 {
  return '~standard' in schema;
}

function assertSchema(schema: unknown): asserts schema is object {
  if (typeof schema === 'function' || (typeof schema === 'object' && schema !== null)) return;
  throw new TypeError(
    `A schema is a Standard Schema (of zod, valibot, arktype …) or a JSON Schema, not ${String(schema)}.`,
  );
}

/**
 * The schema as JSON Schema, by the schema library's own export, with only what Ollama's grammar takes.
 * Each change is reported to `onChange`.
 */
export function toJsonSchema(
  schema: Schema,
  onChange?: (change: FormatChange) => void,
): JsonSchema {
  assertSchema(schema);
  if (!isStandard(schema)) return toGrammarSchema(schema, onChange);
  const standard: StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props> =
    schema['~standard'];
  if (!standard.jsonSchema) {
    throw new TypeError(
      `This ${standard.vendor} schema can't tell its JSON Schema. ` +
        'Use zod 4.2, arktype 2.1.28, or toStandardJsonSchema of @valibot/to-json-schema.',
    );
  }
  return toGrammarSchema(standard.jsonSchema.input({ target: 'draft-07' }), onChange);
}

/**
 * The valid value in an object, or a promise of it where the schema validates asynchronously. Throws or
 * rejects with an {@link OllamaValidationError}, or with what the schema throws.
 */
export function check(
  schema: Schema,
  value: unknown,
  text: string,
  partial?: AssistantMessage,
): Valid | PromiseLike<Valid> {
  if (!isStandard(schema)) return { value };
  const fail = (message: string, issues: readonly ValidationIssue[]): never => {
    throw new OllamaValidationError(message, issues, text, { partial });
  };
  const read = (result: unknown): Valid => {
    // A schema written by hand may return anything.
    const { issues } = Object(result) as { issues?: unknown };
    if (issues) {
      const known = Array.isArray(issues) ? (issues as readonly ValidationIssue[]) : [];
      return fail(describeIssues(known), known);
    }
    if (has(result, 'value')) return { value: result.value };
    const message = `The ${schema['~standard'].vendor} schema's \`validate\` returned neither \`value\` nor \`issues\``;
    return fail(message, [{ message }]);
  };
  const result: unknown = schema['~standard'].validate(value);
  // Not by `instanceof`: zone.js has a Promise of its own.
  return has(result, 'then') && typeof result.then === 'function'
    ? Promise.resolve(result).then(read)
    : read(result);
}

function has<K extends string>(object: unknown, key: K): object is Record<K, unknown> {
  return typeof object === 'object' && object !== null && key in object;
}

/** The issues in a form that a model can act on. */
function describeIssues(issues: readonly ValidationIssue[]): string {
  const lines = issues.map((issue) => {
    const { message, path } = Object(issue) as Partial<ValidationIssue>;
    // Some libraries' paths are arrays of their own kind, with a `map` of its own kind.
    const keys = Array.from(path ?? [], (part) => String(has(part, 'key') ? part.key : part));
    const text = typeof message === 'string' ? message : 'is not valid';
    return keys.length ? `${keys.join('.')}: ${text}` : text;
  });
  return lines.join('; ') || 'The value does not fit the schema, which names no issue';
}
