import { toJsonSchema, type Schema } from '../core/json/schema.js';
import type { JsonSchema } from '../types/index.js';

/**
 * A schema as a request's `format`: the model's answer will be JSON that fits it.
 *
 * _It's like a mold: the same schema then checks what came out of it, in `parseJson`._
 *
 * Takes any Standard Schema that can tell its JSON Schema (zod from 4.2, arktype from 2.1.28, valibot
 * through `toStandardJsonSchema`), and gives a JSON Schema back as it is. Cloud models don't heed
 * `format` (docs/capabilities/structured-outputs.mdx of Ollama).
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
 * @throws TypeError if the schema can't tell its JSON Schema
 * @see {@link partialJson}, {@link parseJson}
 */
export function toFormat(schema: Schema): JsonSchema {
  return toJsonSchema(schema);
}
