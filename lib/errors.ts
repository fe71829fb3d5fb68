import type { AssistantMessage, Message, ToolCall } from './types/index.js';

/** What an error carries besides its message. */
interface ErrorFields {
  readonly cause?: unknown;
  readonly partial?: AssistantMessage | undefined;
}

const brand = Symbol.for('rxjs-ollama.error');

/**
 * What every error of this library is. `code` tells the kinds apart where `instanceof` can't, such
 * as between two copies of the library; see {@link isOllamaError}.
 */
export abstract class OllamaError extends Error {
  abstract readonly code: OllamaErrorCode;
  /** The message so far, when at least one chunk had arrived. */
  declare readonly partial?: AssistantMessage;
  /**
   * In a run of tools: the messages of the request and of the finished steps, then `partial`, and the
   * results that had come of its calls.
   */
  declare readonly history?: readonly Message[];

  constructor(message: string, { cause, partial }: ErrorFields = {}) {
    super(message, cause === undefined ? undefined : { cause });
    Object.defineProperty(this, brand, { value: true });
    if (partial) this.partial = partial;
  }
}

/** The server could not be reached, or the connection broke. `cause` is what `fetch` threw. */
export class OllamaConnectionError extends OllamaError {
  override readonly name = 'OllamaConnectionError';
  readonly code = 'connection';
}

/** The server refused the request with a status of 400 or more. */
export class OllamaHttpError extends OllamaError {
  override readonly name = 'OllamaHttpError';
  readonly code = 'http';

  constructor(
    message: string,
    readonly status: number,
    /** The response's body as text, at most the first 64 KiB. */
    readonly body: string,
  ) {
    super(message);
  }
}

/** The server gave up in mid-stream and said so with an `{"error"}` line. */
export class OllamaStreamError extends OllamaError {
  override readonly name = 'OllamaStreamError';
  readonly code = 'stream';

  constructor(
    message: string,
    /** The whole line: some proxies add keys such as `signin_url`. */
    readonly detail: Readonly<Record<string, unknown>>,
    partial?: AssistantMessage,
  ) {
    super(message, { partial });
  }
}

/** The response ended without a final chunk: what arrived is not the whole answer. */
export class OllamaTruncatedError extends OllamaError {
  override readonly name = 'OllamaTruncatedError';
  readonly code = 'truncated';
}

/** A line is no chunk, or longer than `maxLineBytes`. */
export class OllamaProtocolError extends OllamaError {
  override readonly name = 'OllamaProtocolError';
  readonly code = 'protocol';

  constructor(
    message: string,
    /** The line, at most its first 1,000 characters. */
    readonly line: string,
    fields?: ErrorFields,
  ) {
    super(message, fields);
  }
}

/** The answer, or a part of it, took too long. */
export class OllamaTimeoutError extends OllamaError {
  override readonly name = 'OllamaTimeoutError';
  readonly code = 'timeout';

  constructor(
    message: string,
    /** Which of the clocks of `timeoutChat` ran out. */
    readonly kind: 'firstChunk' | 'idle' | 'total',
    fields?: ErrorFields,
  ) {
    super(message, fields);
  }
}

/** A tool's call could not be carried out. */
export class OllamaToolError extends OllamaError {
  override readonly name = 'OllamaToolError';
  readonly code = 'tool';

  constructor(
    message: string,
    readonly call: ToolCall,
    fields?: ErrorFields,
  ) {
    super(message, fields);
  }
}

/** One thing that is wrong with a value, as Standard Schema says it. */
export interface ValidationIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The model's text is no JSON, or not what the schema asks for. */
export class OllamaValidationError extends OllamaError {
  override readonly name = 'OllamaValidationError';
  readonly code = 'validation';

  constructor(
    message: string,
    readonly issues: readonly ValidationIssue[],
    /** The text that was to be valid. */
    readonly text: string,
    fields?: ErrorFields,
  ) {
    super(message, fields);
  }
}

/** The class that each `code` stands for. */
export interface OllamaErrors {
  connection: OllamaConnectionError;
  http: OllamaHttpError;
  stream: OllamaStreamError;
  truncated: OllamaTruncatedError;
  protocol: OllamaProtocolError;
  timeout: OllamaTimeoutError;
  tool: OllamaToolError;
  validation: OllamaValidationError;
}

/** Names the kind of an {@link OllamaError}. */
export type OllamaErrorCode = keyof OllamaErrors;

/**
 * Tells whether a caught value is an error of this library, and of one kind if a `code` is given.
 * Works across copies of the library, where `instanceof` doesn't.
 *
 * _It's like `instanceof`, by `code`._
 *
 * ```ts
 * import { EMPTY, catchError, throwError } from 'rxjs';
 * import { fromOllamaChat, isOllamaError } from 'rxjs-ollama';
 *
 * fromOllamaChat({ model: 'qwen3' }).pipe(
 *   catchError((error: unknown) =>
 *     isOllamaError(error, 'http') && error.status === 404 ? EMPTY : throwError(() => error),
 *   ),
 * );
 * ```
 */
export function isOllamaError(error: unknown): error is OllamaErrors[OllamaErrorCode];
export function isOllamaError<C extends OllamaErrorCode>(
  error: unknown,
  code: C,
): error is OllamaErrors[C];
export function isOllamaError(error: unknown, code?: OllamaErrorCode): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    brand in error &&
    (code === undefined || (error as Partial<OllamaError>).code === code)
  );
}
