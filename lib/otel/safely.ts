import { diag } from '@opentelemetry/api';

/**
 * Does what is only for telemetry. An error in it goes to OpenTelemetry's own log, and not into the stream: a
 * tracer, a meter or a redaction that fails must not end an answer.
 */
export function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    diag.error('rxjs-ollama/otel: this part of a trace is missing', error);
    return undefined;
  }
}
