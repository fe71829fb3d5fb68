import { isOllamaError } from '../errors.js';
import type { AssistantMessage } from '../types/index.js';
import { describeValue } from '../wire/excerpt.js';
import type { Line } from '../wire/line.js';
import { asText, readError } from '../wire/readError.js';

/** The fields of errors of this library. `partial` and `history` are in the chunks, `cause` can be anything. */
const FIELDS: readonly string[] = [
  'code',
  ...['status', 'body', 'url', 'headers', 'retryAfter', 'type', 'detail', 'line'],
  ...['kind', 'call', 'issues', 'text'],
];

/** The fields that quote nothing. */
const SAFE_FIELDS: readonly string[] = ['code', 'status', 'kind'];

/** What a recording has of an error. */
export interface WrittenError {
  readonly name: string;
  readonly message: string;
}

/** An error as a recording has it. */
export function writeError(error: unknown): WrittenError {
  const message: unknown = Reflect.get(Object(error) as object, 'message');
  const text = typeof error === 'string' ? error : describeValue(error);
  return pick(error, FIELDS, asText(message) ?? text);
}

/** An error as a redacted recording has it: no field of it quotes the answer. */
export function redactError(error: unknown, message = '(redacted)'): WrittenError {
  return pick(error, SAFE_FIELDS, message);
}

function pick(error: unknown, names: readonly string[], message: string): WrittenError {
  const name: unknown = Reflect.get(Object(error) as object, 'name');
  const fields: Line = {};
  if (isOllamaError(error)) for (const field of names) fields[field] = Reflect.get(error, field);
  return { ...fields, name: asText(name) ?? 'Error', message };
}

/** The error of an entry. One that is not of this library is an `Error` with its name and message. */
export function readRecordedError(entry: Line, partial: AssistantMessage | undefined): Error {
  const { name, message } = entry;
  return (
    readError(entry, partial) ??
    Object.assign(new Error(asText(message) ?? ''), { name: asText(name) ?? 'Error' })
  );
}
