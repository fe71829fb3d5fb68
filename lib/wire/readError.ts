import {
  OllamaConnectionError,
  OllamaHttpError,
  OllamaProtocolError,
  OllamaStreamError,
  OllamaTimeoutError,
  OllamaToolError,
  OllamaTruncatedError,
  OllamaValidationError,
  type OllamaError,
  type OllamaErrorCode,
  type OllamaErrors,
  type ValidationIssue,
} from '../errors.js';
import type { AssistantMessage, ToolCall } from '../types/index.js';
import { isObject, type Line } from './line.js';

/**
 * The error that JSON with a `code` and a `message` stands for; `undefined` for a code of no error of this
 * library. Fields that are missing, or not of their type, get defaults.
 */
export function readError(
  sent: Line,
  partial: AssistantMessage | undefined,
): OllamaError | undefined {
  const { code } = sent;
  return typeof code === 'string' && Object.hasOwn(READERS, code)
    ? READERS[code as OllamaErrorCode](asText(sent['message']) ?? '', sent, partial)
    : undefined;
}

const READERS: {
  readonly [K in OllamaErrorCode]: (
    message: string,
    sent: Line,
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

/** A string, or `undefined` for anything else. */
export function asText(value: unknown): string | undefined {
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
