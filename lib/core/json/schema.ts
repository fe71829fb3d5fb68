import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { OllamaValidationError, type ValidationIssue } from '../../errors.js';
import type { AssistantMessage, JsonSchema } from '../../types/index.js';

/**
 * A schema that validates to a `T`: of any library that speaks Standard Schema (zod, valibot, arktype
 * …), or a JSON Schema, which the model is told but nothing here checks.
 */
export type Schema<T = unknown> = StandardSchemaV1<unknown, T> | JsonSchema;

/** What a schema's valid values are; of a JSON Schema's only the keys, since nothing checks the rest. */
export type InferSchema<S> = S extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<S>
  : S extends { readonly properties: infer P }
    ? { readonly [K in keyof P]?: unknown }
    : Readonly<Record<string, unknown>>;

function isStandard(schema: Schema): schema is StandardSchemaV1 {
  return '~standard' in schema;
}

/** The schema as JSON Schema, by the schema library's own export. */
export function toJsonSchema(schema: Schema): JsonSchema {
  if (!isStandard(schema)) return schema;
  const standard: StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props> =
    schema['~standard'];
  if (!standard.jsonSchema) {
    throw new TypeError(
      `This ${standard.vendor} schema can't tell its JSON Schema. ` +
        'Use zod 4.2, arktype 2.1.28, or toStandardJsonSchema of @valibot/to-json-schema.',
    );
  }
  return standard.jsonSchema.input({ target: 'draft-07' });
}

/**
 * The valid value, or a promise of it where the schema validates asynchronously. Throws or rejects
 * with an {@link OllamaValidationError}.
 */
export function validate(
  schema: Schema,
  value: unknown,
  text: string,
  partial?: AssistantMessage,
): unknown {
  if (!isStandard(schema)) return value;
  const read = (result: StandardSchemaV1.Result<unknown>): unknown => {
    if (!result.issues) return result.value;
    throw new OllamaValidationError(describeIssues(result.issues), result.issues, text, {
      partial,
    });
  };
  const result = schema['~standard'].validate(value);
  // Not by `instanceof`: zone.js has a Promise of its own.
  return 'then' in result ? result.then(read) : read(result);
}

/** The issues in a form that a model can act on. */
function describeIssues(issues: readonly ValidationIssue[]): string {
  return issues
    .map(({ message, path = [] }) => {
      // Some libraries' paths are arrays of their own kind, with a `map` of its own kind.
      const keys = Array.from(path, (part) => String(typeof part === 'object' ? part.key : part));
      return keys.length ? `${keys.join('.')}: ${message}` : message;
    })
    .join('; ');
}
