import { Body, Controller, Get, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { fromOllamaChat, type Message, type OllamaClient } from 'rxjs-ollama';
import { openAi, pipeToResponse, type NodeResponseLike } from 'rxjs-ollama/node';
import { z } from 'zod';
import { CONFIG, toModel, type Config } from '../config.js';
import { OLLAMA } from '../ollama.js';
import { Shutdown } from '../shutdown.js';

const part = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('image_url'),
    // No URL is fetched.
    image_url: z.object({
      url: z.string().startsWith('data:image/', 'Send images as data: URLs.'),
    }),
  }),
]);

/** The JSON of an object, as OpenAI has the arguments of a call. */
const args = z.string().transform((text, context): Record<string, unknown> => {
  try {
    const { data } = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text));
    if (data) return data;
  } catch {
    // Said below, for both.
  }
  context.addIssue('Send the JSON of an object.');
  return z.NEVER;
});

const call = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: args }),
});

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(part)]).nullish(),
  tool_calls: z.array(call).optional(),
  tool_call_id: z.string().optional(),
});

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string(),
    description: z.string().exactOptional(),
    parameters: z.record(z.string(), z.unknown()).exactOptional(),
  }),
});

const request = z.object({
  model: z.string().optional(),
  messages: z.array(message).min(1),
  stream: z.literal(true, 'Only streams are served: set stream to true.'),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  tools: z.array(tool).optional(),
});
type Request = z.infer<typeof request>;

/** For programs that speak to OpenAI, with the base URL `/v1`. Leaving stops the model. */
@Controller('v1')
export class OpenAiController {
  constructor(
    @Inject(OLLAMA) private readonly client: OllamaClient,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  @Post('chat/completions')
  @HttpCode(200)
  async complete(
    @Body({ schema: request }) body: Request,
    @Res() response: NodeResponseLike,
  ): Promise<void> {
    this.shutdown.refuse();
    const chat$ = fromOllamaChat(
      {
        model: toModel(this.config, body.model),
        messages: body.messages.map(toMessage),
        ...(body.tools && { tools: body.tools }),
      },
      { client: this.client },
    ).pipe(this.shutdown.count());
    const includeUsage = body.stream_options?.include_usage;
    await pipeToResponse(chat$, response, { format: openAi({ includeUsage }) });
  }

  /** The models that clients may name. */
  @Get('models')
  models(): object {
    const data = this.config.MODELS.map((id) => ({ id, object: 'model', owned_by: 'ollama' }));
    return { object: 'list', data };
  }
}

/** A message as Ollama has it. */
function toMessage({
  role,
  content,
  tool_calls: calls,
  tool_call_id: id,
}: Request['messages'][number]): Message {
  const parts =
    typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? []);
  const images = parts.flatMap((each) => (each.type === 'image_url' ? each.image_url.url : []));
  return {
    role: role === 'developer' ? 'system' : role,
    content: parts.map((each) => (each.type === 'text' ? each.text : '')).join(''),
    ...(images.length && { images }),
    ...(calls && { tool_calls: calls }),
    ...(id !== undefined && { tool_call_id: id }),
  };
}
