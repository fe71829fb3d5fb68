import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { SpanKind, context, trace } from '@opentelemetry/api';
import { defineTool, runTools } from 'rxjs-ollama';
import { pipeToResponse } from 'rxjs-ollama/node';
import { traceRun, traceTools } from 'rxjs-ollama/otel';
import { z } from 'zod';
import { stopTracing } from './tracing.js';

const { SERVICES = 'http://127.0.0.1:8080', OLLAMA_HOST, PORT = '0' } = process.env;
const city = z.object({ city: z.string() });

async function ask(service: string, about: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${SERVICES}/${service}?city=${about}`, { signal });
  return response.text();
}

const tools = traceTools([
  defineTool({
    name: 'weather',
    description: 'Tells the weather in a city',
    parameters: city,
    execute: (args, { signal }) => ask('weather', args.city, signal),
  }),
  defineTool({
    name: 'trains',
    description: 'Lists the next trains to a city',
    parameters: city,
    execute: (args, { signal }) => ask('trains', args.city, signal),
  }),
]);

const server = createServer((_, res) => {
  // An instrumentation of HTTP, or of your framework, makes this span by itself.
  const span = trace.getTracer('http').startSpan('POST /chat', { kind: SpanKind.SERVER });
  res.on('close', () => {
    span.end();
  });
  const messages = [{ role: 'user', content: 'Shall I go to Rome today?' }];
  const request = { model: 'qwen3', messages };
  const run$ = runTools(request, { tools }).pipe(
    traceRun({ request, agentName: 'travel', server: OLLAMA_HOST }),
  );
  // The run is subscribed to here, and so below this span.
  context.with(trace.setSpan(context.active(), span), () => {
    void pipeToResponse(run$, res);
  });
});

server.listen(Number(PORT), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://127.0.0.1:${String(port)}`);
});

process.on('SIGTERM', () => {
  server.close();
  void stopTracing();
});
