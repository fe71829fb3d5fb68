import { afterEach, beforeEach } from '@jest/globals';
import {
  DiagLogLevel,
  context,
  diag,
  metrics,
  trace,
  type Attributes,
  type DiagLogger,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';

/** One point of a metric: its value, or the sum and the count of a histogram. */
export interface Point {
  readonly name: string;
  readonly attributes: Attributes;
  readonly value: unknown;
}

/** The SDK with exporters in memory, as the global providers of each test. */
export function useSdk() {
  let spans = new InMemorySpanExporter();
  let metricsExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  let reader: PeriodicExportingMetricReader;
  let provider: BasicTracerProvider;
  const logged: unknown[][] = [];

  beforeEach(() => {
    spans = new InMemorySpanExporter();
    logged.length = 0;
    metricsExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    reader = new PeriodicExportingMetricReader({
      exporter: metricsExporter,
      exportIntervalMillis: 2 ** 30,
    });
    provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
    trace.setGlobalTracerProvider(provider);
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const log = (...entry: unknown[]): number => logged.push(entry);
    const logger: DiagLogger = { error: log, warn: log, info: log, debug: log, verbose: log };
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  });

  afterEach(async () => {
    trace.disable();
    metrics.disable();
    context.disable();
    diag.disable();
    await reader.shutdown();
    await provider.shutdown();
  });

  return {
    /** What OpenTelemetry has logged: errors and warnings. */
    logged,
    /** The ended spans, in the order in which they ended. */
    spans: (): readonly ReadableSpan[] => spans.getFinishedSpans(),
    /** The only span. */
    span(): ReadableSpan {
      const [span, ...others] = spans.getFinishedSpans();
      if (!span || others.length) throw new Error(`${String(others.length + 1)} spans, not one`);
      return span;
    },
    /** All points so far. */
    async points(): Promise<readonly Point[]> {
      metricsExporter.reset();
      await reader.forceFlush();
      return metricsExporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap((scope) => scope.metrics)
        .flatMap(({ descriptor: { name }, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => ({ name, attributes, value: toValue(value) })),
        );
    },
  };
}

function toValue(value: unknown): unknown {
  if (typeof value === 'number') return value;
  const { sum, count } = value as { readonly sum: number; readonly count: number };
  return { sum, count };
}

/** How long a span took, in ms. */
export const toMs = ([seconds, nanos]: readonly [number, number]): number =>
  seconds * 1e3 + nanos / 1e6;

/** A tree of spans as lines: each under its parent, in the order of their starts. */
export function draw(spans: readonly ReadableSpan[], parent?: string, indent = ''): string[] {
  return spans
    .filter((span) => span.parentSpanContext?.spanId === parent)
    .sort((one, other) => toMs(one.startTime) - toMs(other.startTime))
    .flatMap((span) => {
      const error = span.attributes['error.type'];
      return [
        `${indent}${span.name}${error === undefined ? '' : ` (${String(error)})`}`,
        ...draw(spans, span.spanContext().spanId, `${indent}  `),
      ];
    });
}

/** Sets the variable that chooses the names, or removes it. */
export function setOptIn(value: string | undefined): void {
  if (value === undefined) delete process.env['OTEL_SEMCONV_STABILITY_OPT_IN'];
  else process.env['OTEL_SEMCONV_STABILITY_OPT_IN'] = value;
}
