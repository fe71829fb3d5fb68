import { serve } from '../node/support.js';

/** An attribute as OTLP has it in JSON. */
interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** A span as OTLP has it in JSON. */
interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code: number; readonly message?: string };
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
}

interface Point {
  readonly attributes: readonly KeyValue[];
  /** Of a histogram. */
  readonly count?: number;
  readonly explicitBounds?: readonly number[];
}

/** A metric as OTLP has it in JSON. */
interface SentMetric {
  readonly name: string;
  readonly unit: string;
  readonly histogram?: { readonly dataPoints: readonly Point[] };
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly Point[] };
}

interface Body {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly SentMetric[] }[];
  }[];
}

/** A span that was exported. */
export interface ExportedSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly kind: number;
  readonly status: SentSpan['status'];
  /** In ms. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A collector: takes OTLP over HTTP, as JSON, and keeps it. */
export async function startCollector() {
  const bodies: Body[] = [];
  const url = await serve((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      bodies.push(JSON.parse(Buffer.concat(parts).toString()) as Body);
      response.setHeader('Content-Type', 'application/json').end('{}');
    });
  });
  return {
    url,
    /** The names of the services that have sent something. */
    services: () =>
      bodies.flatMap(({ resourceSpans = [] }) =>
        resourceSpans.map(({ resource }) => toRecord(resource.attributes)['service.name']),
      ),
    spans: (): ExportedSpan[] =>
      bodies.flatMap(({ resourceSpans = [] }) =>
        resourceSpans.flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans.map(readSpan)),
        ),
      ),
    metrics: (): ReadonlyMap<string, SentMetric> =>
      new Map(
        bodies.flatMap(({ resourceMetrics = [] }) =>
          resourceMetrics.flatMap(({ scopeMetrics }) =>
            scopeMetrics.flatMap(({ metrics }) =>
              metrics.map((metric) => [metric.name, metric] as const),
            ),
          ),
        ),
      ),
  };
}

const NS_PER_MS = 1e6;

function readSpan(span: SentSpan): ExportedSpan {
  const { traceId, spanId, parentSpanId, name, kind, status } = span;
  const [start = 0, end = 0] = [span.startTimeUnixNano, span.endTimeUnixNano].map(
    (nanos) => Number(nanos) / NS_PER_MS,
  );
  return {
    trace: traceId,
    id: spanId,
    // The protocol has an empty text for none.
    parent: parentSpanId === '' ? undefined : parentSpanId,
    ...{ name, kind, status, start, end },
    attributes: toRecord(span.attributes),
  };
}

export const toRecord = (attributes: readonly KeyValue[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
