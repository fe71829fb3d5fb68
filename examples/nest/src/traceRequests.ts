import type { IncomingMessage, ServerResponse } from 'node:http';
import { SpanKind, context, propagation, trace } from '@opentelemetry/api';

/** A span of each request, below that of its client. Without an SDK nothing is recorded. */
export function traceRequests(
  { method = '', url = '', headers }: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  const parent = propagation.extract(context.active(), headers);
  // Ids in a path would make a name of each run.
  const [path = ''] = url.split('?', 1);
  const name = `${method} ${path.replace(/[\da-f]{32}/, ':run')}`;
  const span = trace.getTracer('gateway').startSpan(name, { kind: SpanKind.SERVER }, parent);
  response.once('close', () => {
    span.setAttribute('http.response.status_code', response.statusCode).end();
  });
  context.with(trace.setSpan(parent, span), next);
}
