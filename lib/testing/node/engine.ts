import { toGrammarSchema } from '../../core/json/grammarSchema.js';
import { isObject } from '../../wire/line.js';
import type { ReceivedBody } from './received.js';
import type { ErrorStep } from './script.js';
import { toGoJson } from './wire.js';

const SCHEMA_TYPES: readonly unknown[] = [
  ...['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'],
];
/** Keywords whose value is data and no schema. */
const DATA: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'examples', 'required']);
/** Keywords whose value has schemas under names. */
const SCHEMA_MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);
const NO_VISION =
  'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj';

/**
 * What the engine, which runs the model, has against a request that the server itself accepts. It answers
 * as a model does: with a status as long as nothing has been written.
 */
export function findEngineError(
  body: ReceivedBody,
  capabilities: readonly string[],
): ErrorStep | undefined {
  if (hasImages(body) && !capabilities.includes('vision')) return nest(NO_VISION);
  const { format } = body;
  if (!format || format === 'json') return undefined;
  if (!isObject(format)) {
    const hint = 'expected "json" or a valid JSON Schema object';
    return { error: `invalid format: ${JSON.stringify(JSON.stringify(format))}; ${hint}` };
  }
  const problem = findUnknownType(format) ?? findOutsideGrammar(format);
  return problem === undefined ? undefined : nest(problem);
}

/** The engine's errors are JSON, which the server passes on as text. */
function nest(message: string): ErrorStep {
  const error = toGoJson({ error: { code: 400, message, type: 'invalid_request_error' } });
  return { error, status: 400 };
}

function hasImages({ images, messages }: ReceivedBody): boolean {
  // Of /api/generate, `messages` is an unknown field and can be anything.
  const all: readonly unknown[] = Array.isArray(messages) ? messages : [];
  return [images, ...all.map((message) => isObject(message) && message['images'])].some(
    (list) => Array.isArray(list) && list.length > 0,
  );
}

/** The first schema in a schema whose type the engine doesn't know. Works without recursion. */
function findUnknownType(root: object): string | undefined {
  const rest: { value: unknown; isMap: boolean }[] = [{ value: root, isMap: false }];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const { value, isMap } = next;
    if (Array.isArray(value)) for (const item of value) rest.push({ value: item, isMap: false });
    if (!isObject(value)) continue;
    const types = isMap ? [] : [value['type'] ?? 'object'].flat();
    if (!types.every((type) => SCHEMA_TYPES.includes(type))) {
      return `JSON schema conversion failed:\nUnrecognized schema: ${toGoJson(value)}`;
    }
    for (const [key, item] of Object.entries(value)) {
      if (isMap || !DATA.has(key))
        rest.push({ value: item, isMap: !isMap && SCHEMA_MAPS.has(key) });
    }
  }
  return undefined;
}

/** The first keyword that `toFormat` would have to change. */
function findOutsideGrammar(schema: Record<string, unknown>): string | undefined {
  let problem: string | undefined;
  toGrammarSchema(schema, ({ path, from }) => {
    problem ??= describeRefused(String(path.at(-1)), from);
  });
  return problem;
}

function describeRefused(keyword: string, value: unknown): string {
  if (keyword === '$ref')
    return `JSON schema conversion failed:\nUnsupported ref: ${String(value)}`;
  const isAnchored = typeof value === 'string' && value.startsWith('^') && value.endsWith('$');
  return keyword === 'pattern' && !isAnchored
    ? "JSON schema conversion failed:\nPattern must start with '^' and end with '$'"
    : 'failed to parse grammar';
}
