import type { AssistantMessage, Message, ToolCall } from './types/index.js';

/** What an error carries besides its message. */
interface ErrorFields {
  readonly cause?: unknown;
  readonly partial?: AssistantMessage | undefined;
}

const brand = Symbol.for('rxjs-ollama.error');

/**
 * The base class of every error of this library. `code` names the kind, and {@link isOllamaError} tests
 * for it.
 *
 * The ESM and the CJS build are two copies of the library: `isOllamaError` works across them,
 * `instanceof` doesn't.
 *
 * No `message`, `stack` or `cause` has a credential of the request: the user information of a URL, or the
 * value of a header. `JSON.stringify(error)` gives `name`, `code` and `message` and nothing else.
 */
export abstract class OllamaError extends Error {
  /** The kind of the error, by which {@link isOllamaError} narrows. */
  abstract readonly code: OllamaErrorCode;
  /** The message so far, if at least one chunk had arrived. */
  declare readonly partial?: AssistantMessage;
  /**
   * Of a run of tools: the messages of the request and of the finished steps, then `partial` and the
   * results of its calls so far.
   */
  declare readonly history?: readonly Message[];

  constructor(message: string, fields: ErrorFields = {}) {
    const { cause, partial } = fields;
    super(message, cause === undefined ? undefined : { cause });
    Object.defineProperty(this, brand, { value: true });
    if (partial) this.partial = partial;
  }

  /** What may stand in a log or an answer to a client: no response, no message so far, no `cause`. */
  toJSON(): {
    /** The name of the class. */
    readonly name: string;
    /** The kind of the error. */
    readonly code: OllamaErrorCode;
    /** What was wrong, and what to do. */
    readonly message: string;
  } {
    const { name, code, message } = this;
    return { name, code, message };
  }
}

/**
 * The server could not be reached, or the connection broke.
 *
 * `cause` is what `fetch` threw, or a copy: an `Error` with its name, message, code and cause. It is a copy
 * if the original has other fields, such as the request, or a credential in its text.
 */
export class OllamaConnectionError extends OllamaError {
  /** The name of the class. */
  override readonly name = 'OllamaConnectionError';
  /** The kind of the error, by which {@link isOllamaError} narrows. */
  readonly code = 'connection';
}

/** What an {@link OllamaHttpError} says of the response. */
interface HttpFields extends ErrorFields {
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly retryAfter?: number | undefined;
  readonly type?: string | undefined;
}

/**
 * The server refused the request with a status of 400 or more, or redirected it: redirects are not
 * followed. Browsers hide the status of a redirect: there it is 0.
 */
export class OllamaHttpError extends OllamaError {
  /** The name of the class. */
  override readonly name = 'OllamaHttpError';
  /** The kind of the error, by which {@link isOllamaError} narrows. */
  readonly code = 'http';
  /** Where the request went, without user information and without the query. */
  declare readonly url?: string;
  /** The response's headers by their lower-case names, without `set-cookie`. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long the server asks to wait before the next request, in ms. */
  declare readonly retryAfter?: number;
  /** The server's name for the kind of the error, such as `'exceed_context_size_error'`. */
  declare readonly type?: string;

  constructor(
    message: string,
    /** The status of the response: 400 or more, or that of a redirect; 0 for a redirect in a browser. */
    readonly status: number,
    /** The response's body as text, at most its first 64 KiB. */
    readonly body = '',
    fields: HttpFields = {},
  ) {
    super(message, fields);
    const { url, headers = {}, retryAfter, type } = fields;
    this.headers = headers;
    if (url !== undefined) this.url = url;
    if (retryAfter !== undefined) this.retryAfter = retryAfter;
    if (type !== undefined) this.type = type;
  }
}

/** What an {@link OllamaStreamError} has besides the line. */
interface StreamFields extends ErrorFields {
  readonly type?: string | undefined;
}

/** The server failed in mid-stream and sent an `{"error"}` line. */
export class OllamaStreamError extends OllamaError {
  /** The name of the class. */
  override readonly name = 'OllamaStreamError';
  /** The kind of the error, by which {@link isOllamaError} narrows. */
  readonly code = 'stream';
  /** The server's name for the kind of the error, such as `'exceed_context_size_error'`. */
  declare readonly type?: string;

  constructor(
    message: string,
    /** The whole line: some servers add keys, such as `signin_url`. */
    readonly detail: Readonly<Record<string, unknown>> = {},
    partial?: AssistantMessage,
    fields: StreamFields = {},
  ) {
    super(message, { partial, ...fields });
    const { type } = fields;
    if (type !== undefined) this.type = type;
  }
}

/** The response ended without a final chunk: the answer is incomplete. */
export class OllamaTruncatedError extends OllamaError {
  /** The name of the class. */
  override readonly name = 'OllamaTruncatedError';
  /** The kind of the error, by which {@link isOllamaError} narrows. */
  readonly code = 'truncated';
}

/** A line is not a chunk, or it is longer than `maxLineBytes`. */
export class OllamaProtocolError extends OllamaError {
  /** The name of the class. */
  override readonly name = 'OllamaProtocolError';
  /** The kind of the error, by which {@link isOllamaError} narrows. */
  readonly code = 'protocol';

  constructor(
    message: string,
    /** The line, at most its first 1,000 characters. */
    readonly line = '',
    fields?: ErrorFields,
  ) {
    super(message, fields);
  }
}

/** The answer, a part of it, or a tool took too long. */
export class OllamaTimeoutError extends OllamaError {
  /** The name of the class. */
  override readonly name = 'OllamaTimeoutError';
  /** The kind of the error, by which {@link isOllamaError} narrows. */
  readonly code = 'timeout';

  constructor(
    message: string,
    /** Which limit passed: one of `timeoutChat`, one of Node's `fetch`, or that of a tool. */
    readonly kind: 'firstChunk' | 'idle' | 'total' | 'tool',
    fields?: ErrorFields,
  ) {
    super(message, fields);
  }
}

/** A call of a tool failed. */
export class OllamaToolError extends OllamaError {
  /** The name of the class. */
  override readonly name = 'OllamaToolError';
  /** The kind of the error, by which {@link isOllamaError} narrows. */
  readonly code = 'tool';

  constructor(
    message: string,
    /** The call that failed. */
    readonly call: ToolCall,
    fields?: ErrorFields,
  ) {
    super(message, fields);
  }
}

/** One thing that is wrong with a value, in the form of Standard Schema. */
export interface ValidationIssue {
  /** What is wrong, in the words of the schema's library. */
  readonly message: string;
  /** The keys and indices that lead to the value. Absent where the issue is about the whole value. */
  readonly path?:
    | readonly (
        | PropertyKey
        | {
            /** `key` is the key or the index, where a library has it in an object. */
            readonly key: PropertyKey;
          }
      )[]
    | undefined;
}

/**
 * The model's text is not JSON, or not what the schema asks for; or a field of the request can't be sent,
 * and `issues` has its path.
 */
export class OllamaValidationError extends OllamaError {
  /** The name of the class. */
  override readonly name = 'OllamaValidationError';
  /** The kind of the error, by which {@link isOllamaError} narrows. */
  readonly code = 'validation';

  constructor(
    message: string,
    /** What is wrong, in the words of the schema or of this library. */
    readonly issues: readonly ValidationIssue[] = [],
    /** The text that was not valid. */
    readonly text = '',
    fields?: ErrorFields,
  ) {
    super(message, fields);
  }
}

/** The class that each `code` stands for. */
export interface OllamaErrors {
  /** The server could not be reached, or the connection broke. */
  connection: OllamaConnectionError;
  /** The server refused the request with a status. */
  http: OllamaHttpError;
  /** The server failed in mid-stream. */
  stream: OllamaStreamError;
  /** The response ended without a final chunk. */
  truncated: OllamaTruncatedError;
  /** A line is not a chunk, or too long. */
  protocol: OllamaProtocolError;
  /** The answer or a tool took too long. */
  timeout: OllamaTimeoutError;
  /** A call of a tool failed. */
  tool: OllamaToolError;
  /** The answer does not match its schema, or the request can't be sent. */
  validation: OllamaValidationError;
}

/** Names the kind of an {@link OllamaError}. */
export type OllamaErrorCode = keyof OllamaErrors;

/**
 * Whether a caught value is an error of this library, and of one kind if a `code` is passed. Works across
 * the ESM and the CJS copy of the library, where `instanceof` doesn't.
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
 *
 * @param error what was caught
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

/**
 * A copy of an error with a `history`: of the same class, with the same fields, stack and cause. The
 * original is not changed: it may be frozen, or fail in two runs at once.
 *
 * @internal
 */
export function withHistory<E extends OllamaError>(error: E, history: readonly Message[]): E {
  // An object that is not made by a constructor of errors is not shown as one.
  const copy: object = new Error(error.message);
  return Object.setPrototypeOf(
    Object.defineProperties(copy, {
      ...Object.getOwnPropertyDescriptors(error),
      // Where `stack` is an accessor, it would give the copy's.
      stack: { value: error.stack, writable: true, configurable: true },
      history: { value: history, writable: true, configurable: true, enumerable: true },
    }),
    Reflect.getPrototypeOf(error),
  ) as E;
}
