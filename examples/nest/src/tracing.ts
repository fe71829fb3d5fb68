// Records traces, where OTEL_EXPORTER_OTLP_ENDPOINT says where a collector is. It is imported before all else.
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

let tracers: BasicTracerProvider | undefined;

if (process.env['OTEL_EXPORTER_OTLP_ENDPOINT']) {
  tracers = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop-assistant' }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  // Without a context manager, no span would find its parent.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(tracers);
  // A span of each request by `fetch`: those of the tools.
  new UndiciInstrumentation().setTracerProvider(tracers);
}

/** Sends what was not sent yet. */
export async function stopTracing(): Promise<void> {
  await tracers?.shutdown();
}
