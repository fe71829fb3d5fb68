import { isObject } from '../../wire/line.js';
import { GoError } from './goJson.js';

/** A Go type that Ollama reads a part of a request into. The names stand in its errors. */
export type GoType =
  | { readonly kind: 'string' | 'bool' | 'int' | 'uint8' | 'any' }
  | { readonly kind: 'slice' | 'map'; readonly name: string; readonly item: GoType }
  | GoStruct
  /** Bytes: a text in which no error is found, or a list of numbers. */
  | {
      readonly kind: 'bytes';
      readonly name: string;
      readonly findError: (text: string) => string | undefined;
    }
  /** A type with a decoder of its own, which throws a {@link GoError}. */
  | { readonly kind: 'own'; readonly decode: (value: unknown) => void };

export interface GoStruct {
  readonly kind: 'struct';
  readonly name: string;
  /** Whether the struct is decoded on its own: its first error ends the decoding of the request. */
  readonly own?: boolean;
  readonly fields: Readonly<Record<string, GoType>>;
}

/** Where a value stands. */
interface FieldPlace {
  /** The innermost struct. In a struct with a decoder of its own, the one around that. */
  readonly struct: string;
  /** The keys from the request to the value. */
  readonly path: string;
  readonly inOwn: boolean;
}

/**
 * Throws a {@link GoError} for the first field that has a value of a wrong type, as `encoding/json` does:
 * it reads on after a wrong type, so an error of a type's own decoder wins over wrong types before it.
 */
export function checkGoType(value: unknown, type: GoStruct): void {
  const mismatches: string[] = [];
  checkValue(value, type, { struct: type.name, path: '', inOwn: false }, mismatches);
  if (mismatches[0] !== undefined) throw new GoError(mismatches[0]);
}

/** The depth of the recursion is that of the type, not that of the value. */
function checkValue(value: unknown, type: GoType, place: FieldPlace, mismatches: string[]): void {
  if (value === null || type.kind === 'any') return;
  if (type.kind === 'own') {
    type.decode(value);
  } else if (type.kind === 'slice' && Array.isArray(value)) {
    for (const item of value) checkValue(item, type.item, place, mismatches);
  } else if (type.kind === 'map' && isObject(value)) {
    for (const item of Object.values(value)) checkValue(item, type.item, place, mismatches);
  } else if (type.kind === 'struct' && isObject(value)) {
    checkStruct(value, type, place, mismatches);
  } else if (type.kind === 'bytes' && typeof value === 'string') {
    const error = type.findError(value);
    if (error !== undefined) mismatches.push(error);
  } else if (type.kind === 'bytes' && Array.isArray(value)) {
    for (const item of value) checkValue(item, { kind: 'uint8' }, place, mismatches);
  } else if (!isScalarOf(value, type.kind)) {
    mismatches.push(describeMismatch(value, type, place));
  }
}

function checkStruct(
  value: Record<string, unknown>,
  { name, own = false, fields }: GoStruct,
  place: FieldPlace,
  mismatches: string[],
): void {
  const found = own ? [] : mismatches;
  const inOwn = own || place.inOwn;
  const struct = inOwn ? place.struct : name;
  for (const [key, item] of Object.entries(value)) {
    const type = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const path = place.path ? `${place.path}.${key}` : key;
    if (type) checkValue(item, type, { struct, path, inOwn }, found);
  }
  if (own && found[0] !== undefined) throw new GoError(found[0]);
}

function isScalarOf(value: unknown, kind: GoType['kind']): boolean {
  if (kind === 'int') return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 63;
  if (kind === 'uint8') return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;
  return kind === 'bool' ? typeof value === 'boolean' : kind === typeof value;
}

function describeMismatch(value: unknown, type: GoType, { struct, path }: FieldPlace): string {
  const isWrongNumber = typeof value === 'number' && (type.kind === 'int' || type.kind === 'uint8');
  const what = isWrongNumber ? `number ${String(value)}` : toGoKind(value);
  const into = path ? `struct field ${struct}.${path}` : 'value';
  return `json: cannot unmarshal ${what} into Go ${into} of type ${toName(type)}`;
}

function toName(type: GoType): string {
  if ('name' in type)
    return type.kind === 'struct' ? `api.${type.own ? 'Alias' : type.name}` : type.name;
  return type.kind;
}

function toGoKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
