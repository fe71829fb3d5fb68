import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  OllamaValidationError,
  isOllamaError,
  type OllamaErrorCode,
  type OllamaErrors,
  type ValidationIssue,
} from '../errors.js';
import type { AssistantMessage, ToolCall } from '../types/index.js';
import { describeValue } from '../wire/excerpt.js';
import { isObject, type Line } from '../wire/line.js';

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

/** The error of an entry. Fields that are missing, or not of their type, get defaults. */
export function readError(entry: Line, partial: AssistantMessage | undefined): Error {
  const { code, name } = entry;
  const message = asText(entry['message']) ?? '';
  return Object.hasOwn(READERS, String(code))
    ? READERS[code as OllamaErrorCode](message, entry, partial)
    : Object.assign(new Error(message), { name: asText(name) ?? 'Error' });
}

const READERS: {
  readonly [K in OllamaErrorCode]: (
    message: string,
    entry: Line,
    partial: AssistantMessage | undefined,
  ) => OllamaErrors[K];
} = {
  connection: (message, _, partial) => new OllamaConnectionError(message, { partial }),
  http: (message, { status, body, url, headers, retryAfter, type }, partial) =>
    new OllamaHttpError(message, asNumber(status) ?? 0, asText(body), {
      url: asText(url),
      headers: asTexts(headers),
      retryAfter: asNumber(retryAfter),
      type: asText(type),
      partial,
    }),
  stream: (message, { detail, type }, partial) =>
    new OllamaStreamError(message, isObject(detail) ? detail : {}, partial, { type: asText(type) }),
  truncated: (message, _, partial) => new OllamaTruncatedError(message, { partial }),
  protocol: (message, { line }, partial) =>
    new OllamaProtocolError(message, asText(line), { partial }),
  timeout: (message, { kind }, partial) =>
    new OllamaTimeoutError(message, KINDS.find((known) => known === kind) ?? 'total', { partial }),
  tool: (message, { call }, partial) => new OllamaToolError(message, asCall(call), { partial }),
  validation: (message, { issues, text }, partial) =>
    new OllamaValidationError(message, asIssues(issues), asText(text), { partial }),
};

/** All but the default. */
const KINDS: readonly OllamaTimeoutError['kind'][] = ['firstChunk', 'idle', 'tool'];

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  return Number.isFinite(value) && Number(value) >= 0 ? Number(value) : undefined;
}

function asTexts(value: unknown): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(isObject(value) ? value : {})) {
    // A text that is assigned to `__proto__` is ignored.
    if (typeof text === 'string') texts[key] = text;
  }
  return texts;
}

function asCall(value: unknown): ToolCall {
  const called = isObject(value) ? value['function'] : undefined;
  return isObject(called) && typeof called['name'] === 'string' && isObject(called['arguments'])
    ? (value as ToolCall)
    : { function: { name: '', arguments: {} } };
}

function asIssues(value: unknown): readonly ValidationIssue[] {
  const issues = Array.isArray(value) ? (value as readonly unknown[]) : [];
  return issues.filter(
    (issue): issue is ValidationIssue =>
      isObject(issue) &&
      typeof issue['message'] === 'string' &&
      (issue['path'] === undefined || Array.isArray(issue['path'])),
  );
}
