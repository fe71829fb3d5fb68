import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { fromUiMessages, toResponse, uiMessages } from 'rxjs-ollama/node';
import { z } from 'zod';
import { Answers } from '../answers/answers.js';
import { User } from '../auth.js';
import { Chats, chatId } from '../answers/chats.js';
import { CONFIG, toModel, type Config } from '../config.js';
import { toValues } from '../answers/frames.js';

// `fromUiMessages` looks at the messages.
const request = z.looseObject({ id: chatId, messages: z.array(z.unknown()).min(1) });

/** For `useChat` of the AI SDK, whose default this path is. */
@Controller('api/chat')
export class AiSdkController {
  constructor(
    @Inject(Answers) private readonly answers: Answers,
    @Inject(Chats) private readonly chats: Chats,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(200)
  async ask(
    @User() user: string,
    @Body({ schema: request }) body: z.infer<typeof request>,
  ): Promise<Response> {
    const run = await this.answers.ask(user, {
      chat: body.id,
      model: toModel(this.config),
      suspends: true,
      read: (stored) => fromUiMessages(body, stored),
    });
    return this.#answer(user, run);
  }

  /** The answer that is under way, from its start; 204 if there is none. */
  @Get(':chat/stream')
  async resume(
    @User() user: string,
    @Param('chat', { schema: chatId }) chat: string,
  ): Promise<Response> {
    const { run, isOver } = await this.chats.load(user, chat);
    if (run === undefined || isOver) return new Response(null, { status: 204 });
    return this.#answer(user, run);
  }

  async #answer(user: string, run: string): Promise<Response> {
    const event$ = toValues(await this.answers.follow(user, run));
    return toResponse(event$, {
      format: uiMessages({ messageId: run }),
      headers: { 'X-Run-Id': run },
    });
  }
}
