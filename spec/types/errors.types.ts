import { expectTypeOf } from 'expect-type';
import {
  OllamaHttpError,
  OllamaTimeoutError,
  isOllamaError,
  type AssistantMessage,
  type OllamaErrorCode,
  type OllamaErrors,
  type OllamaError,
  OllamaStreamError,
  type OllamaToolError,
} from '../../lib/index.js';

declare const error: unknown;

// Any error of the library is told apart by its code.
if (isOllamaError(error)) {
  expectTypeOf(error).toEqualTypeOf<OllamaErrors[OllamaErrorCode]>();
  expectTypeOf(error).toExtend<OllamaError>();
  expectTypeOf(error).toExtend<Error>();
  expectTypeOf<typeof error.code>().toEqualTypeOf<OllamaErrorCode>();
  expectTypeOf(error.partial).toEqualTypeOf<AssistantMessage | undefined>();
  switch (error.code) {
    case 'http':
      expectTypeOf(error.status).toEqualTypeOf<number>();
      break;
    case 'protocol':
      expectTypeOf(error.line).toEqualTypeOf<string>();
      break;
    default:
      // @ts-expect-error -- only a bad status has one
      expectTypeOf(error.status);
  }
} else {
  expectTypeOf(error).toEqualTypeOf<unknown>();
}

// With a code it is one kind.
if (isOllamaError(error, 'tool')) expectTypeOf(error).toEqualTypeOf<OllamaToolError>();
if (isOllamaError(error, 'stream')) {
  expectTypeOf(error).toEqualTypeOf<OllamaStreamError>();
  expectTypeOf(error.detail).toEqualTypeOf<Readonly<Record<string, unknown>>>();
}
// @ts-expect-error -- there is no such kind
isOllamaError(error, 'https');

// `instanceof` narrows too.
if (error instanceof OllamaHttpError) expectTypeOf(error.body).toEqualTypeOf<string>();
if (isOllamaError(error, 'http')) {
  expectTypeOf(error.url).toEqualTypeOf<string | undefined>();
  expectTypeOf(error.headers).toEqualTypeOf<Readonly<Record<string, string>>>();
  expectTypeOf(error.retryAfter).toEqualTypeOf<number | undefined>();
  expectTypeOf(error.type).toEqualTypeOf<string | undefined>();
}
if (isOllamaError(error, 'timeout')) {
  expectTypeOf(error.kind).toEqualTypeOf<'firstChunk' | 'idle' | 'total' | 'tool'>();
}

// JSON has three fields of an error.
declare const some: OllamaError;
expectTypeOf(some.toJSON()).toEqualTypeOf<{
  readonly name: string;
  readonly code: OllamaErrorCode;
  readonly message: string;
}>();

// A test makes an error with what it needs, and may pass `undefined` for the rest.
new OllamaHttpError('busy', 503);
new OllamaHttpError('busy', 503, undefined, {
  url: undefined,
  headers: undefined,
  retryAfter: undefined,
  type: undefined,
  cause: undefined,
  partial: undefined,
});
new OllamaStreamError('failed');
new OllamaStreamError('failed', {}, undefined, { type: undefined });
new OllamaTimeoutError('slow', 'tool', { partial: undefined });
// @ts-expect-error -- a status is what tells such errors apart
new OllamaHttpError('busy');
// @ts-expect-error -- a timeout has a kind
new OllamaTimeoutError('slow');
