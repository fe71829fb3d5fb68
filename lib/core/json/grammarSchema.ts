import type { JsonSchema } from '../../types/index.js';
import { MAX_REPETITIONS, toGrammarPattern } from './grammarPattern.js';

/** One change that `toFormat` made to a JSON Schema. */
export interface FormatChange {
  /** The keys and indices that lead to what was changed. */
  readonly path: readonly (string | number)[];
  /** What stood there. */
  readonly from: unknown;
  /** What stands in its place; absent if it was dropped. */
  readonly to?: unknown;
}

/** A schema in a schema, and the way to it. */
interface Place {
  readonly node: Node;
  readonly key: string | number;
  readonly parent?: Place | undefined;
}
type Node = Record<string, unknown>;

/** Keywords whose value is a schema, or a list of schemas. */
const APPLICATORS = [
  ...['items', 'prefixItems', 'additionalItems', 'contains', 'unevaluatedItems'],
  ...['additionalProperties', 'propertyNames', 'unevaluatedProperties'],
  ...['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'],
];
/** Keywords whose value has schemas under names. */
const MAPS = [
  ...['properties', 'patternProperties', '$defs', 'definitions'],
  ...['dependentSchemas', 'dependencies'],
];
/** The engine multiplies the repetitions of items by up to three rules for each. */
const LIMITS: Readonly<Record<string, number>> = {
  minLength: MAX_REPETITIONS,
  maxLength: MAX_REPETITIONS,
  minItems: MAX_REPETITIONS / 4,
  maxItems: MAX_REPETITIONS / 4,
};

/**
 * A JSON Schema with only what Ollama's grammar engine takes; the same object if that is all of it. Where
 * a keyword has an equal, it is rewritten, and otherwise dropped: the schema still validates the answer.
 *
 * - `pattern`, and the names of `patternProperties`: as {@link toGrammarPattern}.
 * - `$ref: '#'`: the schema is copied to `$defs`. A `$ref` to nothing in the schema is dropped.
 * - `minLength`, `maxLength` from 2,000 and `minItems`, `maxItems` from 500 are dropped.
 *
 * Works without recursion, so neither cycles nor depth matter.
 */
export function toGrammarSchema(
  schema: JsonSchema,
  onChange?: (change: FormatChange) => void,
): JsonSchema {
  const root = schema as Node;
  const places: Place[] = [{ node: root, key: '' }];
  const copies = new Map<Node, Node>([[root, { ...root }]]);
  const name = findFreeName(root);
  const recursion = `#/$defs/${name}`;
  const changes: FormatChange[] = [];

  const visit = (place: Place, child: unknown, ...keys: [string, (string | number)?]): void => {
    if (!isObject(child) || copies.has(child)) return;
    copies.set(child, { ...child });
    const [key, inner] = keys;
    const outer: Place = { node: child, key, parent: place };
    places.push(inner === undefined ? outer : { node: child, key: inner, parent: outer });
  };

  const change = (place: Place, key: string, from: unknown, to?: unknown): void => {
    const path: (string | number)[] = [key];
    for (let step = place; step.parent; step = step.parent) path.push(step.key);
    path.reverse();
    changes.push(to === undefined ? { path, from } : { path, from, to });
  };

  // First all schemas are found and copied; the list grows meanwhile.
  for (const place of places) {
    const { node } = place;
    const copy = copies.get(node) ?? node;
    const set = (key: string, from: unknown, to: unknown): void => {
      if (from === to) return;
      change(place, key, from, to);
      if (to === undefined) Reflect.deleteProperty(copy, key);
      else copy[key] = to;
    };

    if (Object.hasOwn(node, 'pattern')) {
      const { pattern } = node;
      set('pattern', pattern, typeof pattern === 'string' ? toGrammarPattern(pattern) : undefined);
    }
    if (typeof node['$ref'] === 'string') {
      const ref = node['$ref'];
      set('$ref', ref, ref === '#' ? recursion : resolves(root, ref) ? ref : undefined);
    }
    for (const [key, limit] of Object.entries(LIMITS)) {
      const value = node[key];
      if (typeof value === 'number' && value >= limit) set(key, value, undefined);
    }
    for (const key of APPLICATORS) {
      const value = node[key];
      if (Array.isArray(value)) {
        for (const [index, child] of value.entries()) visit(place, child, key, index);
      } else {
        visit(place, value, key);
      }
    }
    for (const key of MAPS) {
      const map = node[key];
      if (!isObject(map)) continue;
      for (const [name, child] of Object.entries(map)) visit(place, child, key, name);
    }
  }
  // Then the copies are connected as the originals are.
  const copyOf = (value: unknown): unknown =>
    isObject(value) ? (copies.get(value) ?? value) : value;
  for (const place of places) {
    const { node } = place;
    const copy = copies.get(node) ?? node;
    for (const key of APPLICATORS) {
      const value = node[key];
      if (Array.isArray(value)) copy[key] = value.map(copyOf);
      else if (value !== undefined) copy[key] = copyOf(value);
    }
    for (const key of MAPS) {
      const map = node[key];
      if (!isObject(map)) continue;
      const entries = Object.entries(map).flatMap(([name, child]): [string, unknown][] => {
        if (key !== 'patternProperties') return [[name, copyOf(child)]];
        const pattern = toGrammarPattern(name);
        if (pattern !== name) change(place, key, name, pattern);
        return pattern === undefined ? [] : [[pattern, copyOf(child)]];
      });
      copy[key] = Object.fromEntries(entries);
    }
  }
  if (!changes.length) return schema;
  for (const each of changes) onChange?.(each);
  const result = copies.get(root) ?? root;
  if (changes.some(({ to }) => to === recursion)) {
    const { $defs, definitions: _definitions, $schema: _schema, ...definition } = result;
    result['$defs'] = { ...(isObject($defs) ? $defs : {}), [name]: definition };
  }
  return result;
}

/** A name that the schema's `$defs` don't have. */
function findFreeName({ $defs }: Node): string {
  let name = 'root';
  while (isObject($defs) && Object.hasOwn($defs, name)) name += '_';
  return name;
}

/** Whether a reference leads to a place in the schema, read as the engine reads it. */
function resolves(root: Node, ref: string): boolean {
  if (!ref.startsWith('#/')) return false;
  let target: unknown = root;
  for (const key of ref.slice(2).split('/')) {
    if (typeof target !== 'object' || target === null || !Object.hasOwn(target, key)) return false;
    target = (target as Node)[key];
  }
  return true;
}

function isObject(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
