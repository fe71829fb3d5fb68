import { Body, Controller, Get, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { fromOllamaChat, type OllamaClient } from 'rxjs-ollama';
import { ollama, pipeToResponse, type NodeResponseLike } from 'rxjs-ollama/node';
import { z } from 'zod';
import { askService } from '../askService.js';
import { CONFIG, toModel, type Config } from '../config.js';
import { OLLAMA } from '../ollama.js';
import { Shutdown } from '../shutdown.js';

const object = z.record(z.string(), z.unknown());

const call = z.object({
  id: z.string().exactOptional(),
  function: z.object({ name: z.string(), arguments: object }),
});

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string(),
    description: z.string().exactOptional(),
    parameters: object.exactOptional(),
  }),
});

const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().default(''),
  thinking: z.string().exactOptional(),
  images: z.array(z.base64()).exactOptional(),
  tool_calls: z.array(call).exactOptional(),
  tool_name: z.string().exactOptional(),
  tool_call_id: z.string().exactOptional(),
});

const request = z.object({
  model: z.string().optional(),
  messages: z.array(message).min(1),
  stream: z.boolean().default(true),
  think: z.union([z.boolean(), z.enum(['low', 'medium', 'high'])]).exactOptional(),
  tools: z.array(tool).exactOptional(),
  format: z.union([z.literal('json'), object]).exactOptional(),
});

/**
 * For programs that speak to Ollama: its own protocol, below `/ollama`. Leaving stops the model. Fields that are
 * not in the schema, such as `options` and `keep_alive`, reach no model.
 */
@Controller('ollama/api')
export class OllamaController {
  constructor(
    @Inject(OLLAMA) private readonly client: OllamaClient,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {}

  @Post('chat')
  @HttpCode(200)
  async chat(
    @Body({ schema: request }) body: z.infer<typeof request>,
    @Res() response: NodeResponseLike,
  ): Promise<void> {
    this.shutdown.refuse();
    const model = toModel(this.config, body.model);
    const chat$ = fromOllamaChat({ ...body, model }, { client: this.client }).pipe(
      this.shutdown.count(),
    );
    await pipeToResponse(chat$, response, { format: ollama() });
  }

  /** The models that clients may name. */
  @Get('tags')
  tags(): object {
    return { models: this.config.MODELS.map((name) => ({ name, model: name })) };
  }

  /** That of the first host that answers. */
  @Get('version')
  version(): Promise<object> {
    return Promise.any(
      this.config.OLLAMA_HOSTS.map((host) => askService<object>(`${host}/api/version`)),
    );
  }
}
