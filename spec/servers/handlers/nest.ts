import {
  BadRequestException,
  Body,
  Controller,
  HttpCode,
  Module,
  Post,
  Query,
  Res,
  Sse,
} from '@nestjs/common';
import type { Observable } from 'rxjs';
import { fromOllamaChat, type ChatChunk } from 'rxjs-ollama';
import {
  pipeToResponse,
  toNestSse,
  toResponse,
  type NestSseEvent,
  type NodeResponseLike,
} from 'rxjs-ollama/node';

function ask(question: unknown): Observable<ChatChunk> {
  if (typeof question !== 'string') throw new BadRequestException('There is no question.');
  return fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: question }] });
}

interface Question {
  readonly question?: unknown;
}

@Controller()
class ChatController {
  /** A POST, for `fromChatEvents`. Nest's own status for it would be 201. */
  @Post('chat')
  @HttpCode(200)
  chat(@Body() body: Question | undefined): Response {
    return toResponse(ask(body?.question));
  }

  /** A GET, for `EventSource`. */
  @Sse('events')
  events(@Query('question') question: unknown): Observable<NestSseEvent> {
    return ask(question).pipe(toNestSse());
  }

  /** With the outcome of the response. It works with Express, and with Fastify, whose response is `raw`. */
  @Post('raw')
  async raw(
    @Body() body: Question | undefined,
    @Res() response: NodeResponseLike & { readonly raw?: NodeResponseLike },
  ): Promise<void> {
    const { outcome, error } = await pipeToResponse(ask(body?.question), response.raw ?? response);
    if (outcome === 'failed') console.error(error);
  }
}

@Module({ controllers: [ChatController] })
export class AppModule {}
