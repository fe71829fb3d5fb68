import { isObject } from '../../wire/line.js';

/** From this depth on, objects have only what they must have, and lists have no items. */
const MAX_DEPTH = 4;

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-01',
  time: '12:00:00Z',
  'date-time': '2026-01-01T12:00:00Z',
  email: 'ada@example.com',
  uri: 'https://example.com',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
};

/**
 * A value that fits a JSON Schema, always the same one. Texts are named after their property. A `pattern`
 * is not looked at.
 */
export function toSample(root: unknown): unknown {
  const sample = (schema: unknown, name: string, depth: number): unknown => {
    if (!isObject(schema)) return name;
    const { $ref, allOf, type } = schema;
    if (depth > 2 * MAX_DEPTH) return null;
    if (typeof $ref === 'string') return sample(resolve(root, $ref), name, depth + 1);
    if ('const' in schema) return schema['const'];
    const [known] = [...listOf(schema['enum']), ...listOf(schema['examples'])];
    if (known !== undefined) return known;
    if ('default' in schema) return schema['default'];
    if (allOf !== undefined) {
      const parts = [{ ...schema, allOf: undefined }, ...listOf(allOf)];
      return Object.assign({}, ...parts.map((part) => sample(part, name, depth + 1))) as unknown;
    }
    const choices = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])];
    // The last choice is often `null`: it ends a schema that refers to itself.
    if (choices.length > 0) return sample(choices.at(depth < MAX_DEPTH ? 0 : -1), name, depth + 1);
    const [first = 'properties' in schema ? 'object' : 'string'] = [type].flat();
    if (first === 'object') return sampleObject(schema, depth);
    if (first === 'array') return sampleList(schema, name, depth);
    if (first === 'string') return sampleText(schema, name);
    if (first === 'number' || first === 'integer') return sampleNumber(schema);
    return first === 'boolean' ? true : null;
  };

  const sampleObject = ({ properties, required }: Schema, depth: number): unknown => {
    const entries = Object.entries(isObject(properties) ? properties : {});
    const needed = listOf(required);
    return Object.fromEntries(
      entries
        .filter(([key]) => depth < MAX_DEPTH || needed.includes(key))
        .map(([key, value]) => [key, sample(value, key, depth + 1)]),
    );
  };

  const sampleList = ({ items, minItems }: Schema, name: string, depth: number): unknown => {
    const least = Number(minItems ?? 0);
    const length = depth < MAX_DEPTH ? Math.max(2, least) : least;
    return Array.from({ length }, (_, i) => sample(items, `${name} ${String(i + 1)}`, depth + 1));
  };

  return sample(root, 'text', 0);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

type Schema = Readonly<Record<string, unknown>>;

function sampleText({ format, minLength, maxLength }: Schema, name: string): string {
  const text = FORMATS[String(format)] ?? name;
  return text.padEnd(Number(minLength ?? 0), '.').slice(0, Number(maxLength ?? Infinity));
}

function sampleNumber({ minimum, maximum, exclusiveMinimum, multipleOf }: Schema): number {
  const least = Math.max(1, Number(minimum ?? 1), Number(exclusiveMinimum ?? 0) + 1);
  const step = Number(multipleOf ?? 1);
  return Math.min(Math.ceil(least / step) * step, Number(maximum ?? Infinity));
}

/** What a reference such as `#/$defs/city` leads to. */
function resolve(root: unknown, ref: string): unknown {
  const keys = ref.split('/').slice(1);
  return keys.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), root);
}
