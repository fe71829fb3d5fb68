import type { FormatChange } from '../core/json/grammarSchema.js';
import { toJsonSchema, type Schema } from '../core/json/schema.js';
import type { JsonSchema } from '../types/index.js';

/**
 * Converts a schema to a request's `format`: the model's answer is then JSON that fits it.
 *
 * _It's like `JSON.stringify` for schemas: from what your code validates with to what the server reads._
 *
 * Takes any Standard Schema that exports its JSON Schema (zod from 4.2, arktype from 2.1.28, valibot
 * through `toStandardJsonSchema`), or a JSON Schema. Cloud models ignore `format`
 * (docs/capabilities/structured-outputs.mdx of Ollama).
 *
 * Ollama's grammar engine refuses a request with a keyword that it can't compile. So such keywords are
 * rewritten if they have an equal, and otherwise dropped: the same schema in `parseJson` still checks
 * them. A JSON Schema that needs no change is returned as it is; none is mutated. `format` (`date-time`,
 * `email` …) stays. `.` doesn't match line breaks, and neither do the `.*` that are added.
 *
 * | keyword | becomes |
 * | --- | --- |
 * | `pattern` with `\d`, `\w`, `\s`, `\-`, `\/` | classes and plain characters: `^[0-9]{3}$` |
 * | `pattern` without `^` or `$` | anchored: `abc` becomes `^.*abc.*$` |
 * | `pattern` with `\p{…}`, `\b`, a lookbehind or a back reference | dropped |
 * | `pattern` with a literal `"` or `\`, which JSON escapes | dropped |
 * | `$ref: '#'`, as recursive objects of zod have it | `#/$defs/root`, with a copy of the schema there |
 * | `$ref` to another document, or to nothing | dropped |
 * | lengths from 2,000, numbers of items from 500 | dropped |
 *
 * ```ts
 * import { fromOllamaChat, parseJson, toFormat } from 'rxjs-ollama';
 * import { z } from 'zod';
 *
 * const schema = z.object({ sum: z.number() });
 * const messages = [{ role: 'user', content: 'What is 17 + 23?' }];
 * fromOllamaChat({ model: 'qwen3', messages, format: toFormat(schema) }).pipe(parseJson(schema));
 * ```
 *
 * @param schema a Standard Schema or a JSON Schema
 * @param onChange called once for each keyword that is rewritten or dropped
 * @throws TypeError if the schema doesn't export its JSON Schema
 * @see {@link partialJson}, {@link parseJson}
 */
export function toFormat(schema: Schema, onChange?: (change: FormatChange) => void): JsonSchema {
  return toJsonSchema(schema, onChange);
}
