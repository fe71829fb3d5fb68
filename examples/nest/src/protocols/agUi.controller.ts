import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { agUi, fromAgUiInput, toResponse } from 'rxjs-ollama/node';
import { z } from 'zod';
import { Answers } from '../answers/answers.js';
import { User } from '../auth.js';
import { chatId } from '../answers/chats.js';
import { CONFIG, toModel, type Config } from '../config.js';
import { toValues } from '../answers/frames.js';

// `fromAgUiInput` looks at the rest.
const input = z.looseObject({ threadId: chatId, runId: z.string().min(1).max(64) });

/** For clients of AG-UI, such as its `HttpAgent`. */
@Controller('agui')
export class AgUiController {
  constructor(
    @Inject(Answers) private readonly answers: Answers,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(200)
  async ask(
    @User() user: string,
    @Body({ schema: input }) body: z.infer<typeof input>,
  ): Promise<Response> {
    const { threadId, runId } = body;
    const run = await this.answers.ask(user, {
      chat: threadId,
      model: toModel(this.config),
      key: runId,
      suspends: true,
      read: (stored) => fromAgUiInput(body, stored),
    });
    const event$ = toValues(await this.answers.follow(user, run));
    return toResponse(event$, { format: agUi({ threadId, runId }), headers: { 'X-Run-Id': run } });
  }
}
