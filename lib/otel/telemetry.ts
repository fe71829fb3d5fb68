import {
  INVALID_SPAN_CONTEXT,
  metrics,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanKind,
} from '@opentelemetry/api';
import { asyncScheduler, noop, type SchedulerLike } from 'rxjs';
import { checkScheduler } from '../time.js';
import { describeKind } from '../transport/describeKind.js';
import type { Message } from '../types/index.js';
import type { Measure } from './conventions.js';
import { getMeasurer, isLatest, type Measurer } from './instruments.js';
import type { TraceOptions } from './options.js';
import { safely } from './safely.js';
import type { Stopwatch } from './stopwatch.js';

/** The scope of all spans and metrics: what made them. */
const SCOPE = 'rxjs-ollama';

/** Where a trace goes. Nothing of it throws. */
export interface Telemetry {
  readonly scheduler: SchedulerLike;
  readonly isLatest: boolean;
  /** Whether messages of errors are recorded. */
  readonly hasErrorMessages: boolean;
  readonly startSpan: (
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    stopwatch: Stopwatch,
    parent: Context,
  ) => Span;
  readonly measure: (measure: Measure, value: number, attributes: Attributes) => void;
  /** The messages that may be recorded; `undefined` if none may. */
  readonly capture?: (messages: readonly Message[]) => readonly Message[] | undefined;
}

/**
 * Checks the options. What it returns is called at each subscription: the global providers may be registered late.
 *
 * @throws TypeError for an option that is of the wrong kind
 */
export function createTelemetry(options: TraceOptions): () => Telemetry {
  const { scheduler = asyncScheduler, captureContent = false } = options;
  checkScheduler(scheduler);
  if (typeof captureContent !== 'boolean' && typeof captureContent !== 'function') {
    throw new TypeError(
      `captureContent is ${describeKind(captureContent)}. Pass true, or a function such as ` +
        '(messages) => messages.slice(-1).',
    );
  }
  const latest = isLatest();
  const redact = captureContent === true ? same : captureContent;

  return () => {
    const tracer = options.tracer ?? trace.getTracer(SCOPE);
    const measurer =
      safely((): Measurer => getMeasurer(options.meter ?? metrics.getMeter(SCOPE), latest)) ?? noop;
    return {
      scheduler,
      isLatest: latest,
      hasErrorMessages: captureContent === true,
      startSpan: (name, kind, attributes, { startTime }, parent) =>
        safely(() => tracer.startSpan(name, { kind, attributes, startTime }, parent)) ??
        // What is inside is then a child of what is outside.
        trace.wrapSpanContext(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT),
      measure: (measure, value, attributes) => {
        safely(() => {
          measurer(measure, value, attributes);
        });
      },
      ...(redact && { capture: (messages) => safely(() => redact(messages)) }),
    };
  };
}

function same<T>(value: T): T {
  return value;
}
