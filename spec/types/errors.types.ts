import { expectTypeOf } from 'expect-type';
import {
  OllamaHttpError,
  isOllamaError,
  type AssistantMessage,
  type OllamaErrorCode,
  type OllamaErrors,
  type OllamaError,
  type OllamaStreamError,
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
