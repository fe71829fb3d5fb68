// Runs of tools behind each server, in a format that the query names. The handlers of the docs answer with chats.
import { Controller, HttpCode, Module, Post, Query, Sse } from '@nestjs/common';
import type { Express } from 'express';
import type { FastifyInstance } from 'fastify';
import type { Hono } from 'hono';
import { map, type Observable } from 'rxjs';
import { defineTool, fromOllamaChat, runTools, type ToolRunEvent } from 'rxjs-ollama';
import {
  agUi,
  ndjson,
  ollama,
  openAi,
  pipeToResponse,
  sse,
  toNestSse,
  toReadableStream,
  toResponse,
  uiMessages,
  type Format,
  type NestSseEvent,
  type NodeResponseLike,
} from 'rxjs-ollama/node';
import { AppModule } from './handlers/nest.js';

const formats: Readonly<Record<string, () => Format>> = {
  sse,
  ndjson,
  ollama,
  openAi,
  uiMessages,
  agUi: () => agUi({ threadId: 't', runId: 'r' }),
};

/** The format that a query names. */
const readFormat = (name: string | null | undefined): Format => formats[name ?? 'sse']?.() ?? sse();

/** Asks another model, so that a client that leaves has to stop a request of a tool, too. */
const look = defineTool({
  name: 'look',
  description: 'Looks at something',
  parameters: { type: 'object' },
  execute: () =>
    fromOllamaChat({ model: 'helper', messages: [{ role: 'user', content: 'Look' }] }).pipe(
      map(({ message }) => message.content),
    ),
});

/** A run that may call a tool. */
const startRun = (): Observable<ToolRunEvent> =>
  runTools({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] }, { tools: [look] });

/** Writes a run to a response of Node. */
export const writeRun = (response: NodeResponseLike, format?: string | null): Promise<unknown> =>
  pipeToResponse(startRun(), response, { format: readFormat(format) });

export function addToExpress(app: Express): void {
  app.post('/run', async ({ query }, response) => {
    await writeRun(response, query['format'] as string);
  });
}

interface RunQuery {
  Querystring: { format: string };
}

export function addToFastify(app: FastifyInstance): void {
  app.post<RunQuery>('/run', (request) =>
    toResponse(startRun(), { format: readFormat(request.query.format) }),
  );
  app.post<RunQuery>('/run-stream', (request, reply) => {
    const format = readFormat(request.query.format);
    return reply.headers(format.headers).send(toReadableStream(startRun(), { format }));
  });
}

export function addToHono(app: Hono): void {
  app.post('/run', (context) =>
    toResponse(startRun(), { format: readFormat(context.req.query('format')) }),
  );
}

@Controller()
class RunController {
  @Post('run')
  @HttpCode(200)
  run(@Query('format') format: string): Response {
    return toResponse(startRun(), { format: readFormat(format) });
  }

  @Sse('run-events')
  events(): Observable<NestSseEvent> {
    return startRun().pipe(toNestSse());
  }
}

/** The app of the docs, and the runs. */
@Module({ imports: [AppModule], controllers: [RunController] })
export class RunModule {}
