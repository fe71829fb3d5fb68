// All servers of these specs, in a process of their own. It tells its parent their ports, and ends with it.
import 'reflect-metadata';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { serve } from '@hono/node-server';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import compression from 'compression';
import express from 'express';
import { ndjson, sse, toReadableStream } from 'rxjs-ollama/node';
import { fromOllamaChat } from 'rxjs-ollama';
import { app as expressApp } from './handlers/express.js';
import { app as fastifyApp } from './handlers/fastify.js';
import { app as honoApp } from './handlers/hono.js';
import { handleChat, handleEvents } from './handlers/plain.js';
import { RunModule, addToExpress, addToFastify, addToHono, writeRun } from './runs.js';
import type { Ports } from './bridges.js';

const HOST = '127.0.0.1';

const portOf = (server: unknown): number => ((server as Server).address() as AddressInfo).port;

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, HOST, () => {
      resolve(portOf(server));
    });
  });
}

/** The plain handlers. The query of the URL has the options. */
function answer(
  request: http.IncomingMessage | http2.Http2ServerRequest,
  response: http.ServerResponse | http2.Http2ServerResponse,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  if (pathname === '/run') {
    void writeRun(response, searchParams.get('format'));
    return;
  }
  if (pathname === '/events') {
    void handleEvents(request as http.IncomingMessage, response as http.ServerResponse);
    return;
  }
  void handleChat(request, response, {
    format: searchParams.get('format') === 'ndjson' ? ndjson() : sse(),
    heartbeat: Number(searchParams.get('heartbeat') ?? 15_000),
  });
}

/** Express with the middleware that most apps have, and that holds streams back. */
function compressed(): express.Express {
  const app = express();
  app.use(compression({ threshold: 0 }));
  app.use(expressApp);
  return app;
}

async function startFastify(): Promise<number> {
  fastifyApp.post<{ Body: { question: string } }>('/stream', (request, reply) => {
    const messages = [{ role: 'user', content: request.body.question }];
    const { headers } = sse();
    return reply
      .headers(headers)
      .send(toReadableStream(fromOllamaChat({ model: 'qwen3', messages })));
  });
  addToFastify(fastifyApp);
  await fastifyApp.listen({ port: 0, host: HOST });
  return portOf(fastifyApp.server);
}

async function startNest(adapter: ExpressAdapter | FastifyAdapter): Promise<number> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest's options are typed by a class
  const app = await NestFactory.create(RunModule, adapter as ExpressAdapter, { logger: false });
  await app.listen(0, HOST);
  return portOf(app.getHttpServer());
}

const startHono = (): Promise<number> =>
  new Promise((resolve) => {
    serve({ fetch: honoApp.fetch, port: 0, hostname: HOST }, ({ port }) => {
      resolve(port);
    });
  });

/** What the process uses, for a parent that asks. */
process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ memory: heapUsed + external });
});
process.on('disconnect', () => process.exit());

addToExpress(expressApp);
addToHono(honoApp);
const ports: Ports = {
  http: await listen(http.createServer(answer)),
  http2: await listen(http2.createServer(answer)),
  express: await listen(http.createServer(expressApp)),
  compression: await listen(http.createServer(compressed())),
  fastify: await startFastify(),
  hono: await startHono(),
  nestExpress: await startNest(new ExpressAdapter()),
  nestFastify: await startNest(new FastifyAdapter()),
};
process.send?.({ ports });
