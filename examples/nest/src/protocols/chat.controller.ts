import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { toResponse } from 'rxjs-ollama/node';
import { z } from 'zod';
import { Answers } from '../answers/answers.js';
import { User } from '../auth.js';
import { Chats, chatId, type Chat } from '../answers/chats.js';
import { CONFIG, toModel, type Config } from '../config.js';
import { asFrames } from '../answers/frames.js';

const question = z.object({
  chat: chatId,
  message: z.string().trim().min(1).max(4000),
  model: z.string().optional(),
});

const decision = z.object({
  approved: z.boolean(),
  reason: z.string().max(500).exactOptional(),
});

/** The gateway's own protocol, for `fromChatEvents`. */
@Controller()
export class ChatController {
  constructor(
    @Inject(Answers) private readonly answers: Answers,
    @Inject(Chats) private readonly chats: Chats,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Asks, and reads the answer. It goes on without its client, which finds it again by the headers. */
  @Post('chat')
  @HttpCode(200)
  async ask(
    @User() user: string,
    @Body({ schema: question }) { chat, message, model }: z.infer<typeof question>,
    @Headers('idempotency-key') key?: string,
  ): Promise<Response> {
    const run = await this.answers.ask(user, {
      chat,
      model: toModel(this.config, model),
      key,
      read: (stored) => ({
        messages: [...stored, { role: 'user', content: message }],
        decisions: {},
      }),
    });
    return toResponse(await this.answers.follow(user, run), {
      format: asFrames,
      headers: { 'X-Run-Id': run, 'Content-Location': `/chat/${run}/events` },
    });
  }

  /** Reads on after `Last-Event-ID`, or from the start. */
  @Get('chat/:run/events')
  async events(
    @User() user: string,
    @Param('run') run: string,
    @Headers('last-event-id') after?: string,
  ): Promise<Response> {
    return toResponse(await this.answers.follow(user, run, after), { format: asFrames });
  }

  @Post('chat/:run/stop')
  @HttpCode(200)
  async stop(@User() user: string, @Param('run') run: string): Promise<object> {
    return { stopped: await this.answers.stop(user, run) };
  }

  /** Decides on a call that waits for it. */
  @Post('chat/:run/approve/:call')
  @HttpCode(204)
  async approve(
    @User() user: string,
    @Param('run') run: string,
    @Param('call') call: string,
    @Body({ schema: decision }) approval: z.infer<typeof decision>,
  ): Promise<void> {
    await this.answers.decide(user, run, call, approval);
  }

  /** For a page that was reloaded: its messages, and the answer that is under way. */
  @Get('chats/:chat')
  async chat(
    @User() user: string,
    @Param('chat', { schema: chatId }) chat: string,
  ): Promise<Pick<Chat, 'messages' | 'run'>> {
    const { messages, run, isOver } = await this.chats.load(user, chat);
    return { messages, ...(run !== undefined && !isOver && { run }) };
  }
}
