import { SpanStatusCode, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { isOllamaError } from '../errors.js';
import { ATTRIBUTE, OTHER_ERROR } from './conventions.js';
import { setEnded } from './parent.js';
import { safely } from './safely.js';
import type { Stopwatch } from './stopwatch.js';
import type { Telemetry } from './telemetry.js';

const MS_PER_S = 1e3;

/** How a span ends. Of these, the first one counts. */
export interface Ending {
  readonly complete: () => void;
  /** With `error.type` and the status of an error. */
  readonly fail: (error: unknown) => void;
  /**
   * With `error.type`, and without a status: the subscriber has unsubscribed, or a call was not approved. Neither is
   * an error.
   */
  readonly stop: (errorType: 'cancelled' | 'denied') => void;
}

/** Attributes of a metric: with the kind of the error, if there is one. */
export function withError(attributes: Attributes, errorType: string | undefined): Attributes {
  return errorType === undefined ? attributes : { ...attributes, [ATTRIBUTE.errorType]: errorType };
}

/** Ends a span. `finish` takes the measurements, and returns what the span gets at its end. */
export function createEnding(
  span: Span,
  parent: Context,
  { startTime, elapsed }: Stopwatch,
  { hasErrorMessages }: Pick<Telemetry, 'hasErrorMessages'>,
  finish: (seconds: number, errorType: string | undefined) => Attributes,
): Ending {
  let hasEnded = false;

  const end = (errorType?: string, error?: unknown): void => {
    if (hasEnded) return;
    hasEnded = true;
    setEnded(span, parent);
    const ms = elapsed();
    safely(() => span.setAttributes(withError(finish(ms / MS_PER_S, errorType), errorType)));
    if (error !== undefined) {
      safely(() => {
        const message = hasErrorMessages && error instanceof Error ? error.message : undefined;
        span.setStatus({ code: SpanStatusCode.ERROR, ...(message && { message }) });
      });
    }
    safely(() => {
      span.end(new Date(startTime.getTime() + ms));
    });
  };

  return {
    complete() {
      end();
    },
    fail(error) {
      // A program may throw `undefined`.
      end(safely(() => readErrorType(error)) ?? OTHER_ERROR, error ?? 'unknown');
    },
    stop(errorType) {
      end(errorType);
    },
  };
}

/**
 * What kind of error it is, as one of few values: the status of an HTTP error, the `code` of another error of this
 * library, the name of any other.
 */
function readErrorType(error: unknown): string {
  if (isOllamaError(error, 'http') && error.status) return String(error.status);
  if (isOllamaError(error)) return error.code;
  // An error of another realm is not an instance of this one's `Error`.
  const { name }: { readonly name?: unknown } = Object(error) as object;
  // A name can be any text. One that is not like a name may be different each time.
  return typeof name === 'string' && /^\w{1,64}$/.test(name) ? name : OTHER_ERROR;
}
