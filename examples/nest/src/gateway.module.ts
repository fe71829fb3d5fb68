import { Module, StandardSchemaValidationPipe, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { AgUiController } from './protocols/agUi.controller.js';
import { AiSdkController } from './protocols/aiSdk.controller.js';
import { Answers } from './answers/answers.js';
import { ApiKeyGuard } from './auth.js';
import { ChatController } from './protocols/chat.controller.js';
import { Chats } from './answers/chats.js';
import { CONFIG, readConfig } from './config.js';
import { ClientErrorFilter } from './errors.js';
import { HealthController } from './health.controller.js';
import { McpServer } from './mcp.js';
import { OllamaController } from './protocols/ollama.controller.js';
import { ollamaProvider } from './ollama.js';
import { OpenAiController } from './protocols/openai.controller.js';
import { redisProvider, runStoreProvider } from './redis.js';
import { Shutdown } from './shutdown.js';
import { Tools } from './tools.js';
import { stopTracing } from './tracing.js';

const config = readConfig(process.env);

@Module({
  imports: [
    ThrottlerModule.forRoot({
      throttlers: [{ limit: config.REQUESTS_PER_MINUTE, ttl: 60_000 }],
      // The guard of the keys has set it.
      getTracker: ({ user }: { user?: string }) => user ?? 'public',
    }),
  ],
  controllers: [
    ChatController,
    AiSdkController,
    AgUiController,
    OpenAiController,
    OllamaController,
    HealthController,
  ],
  providers: [
    { provide: CONFIG, useValue: config },
    redisProvider,
    Chats,
    ollamaProvider,
    runStoreProvider,
    McpServer,
    Tools,
    Shutdown,
    Answers,
    // In this order: who it is, then how often.
    { provide: APP_GUARD, useClass: ApiKeyGuard },
    { provide: APP_GUARD, useClass: ThrottlerGuard },
    { provide: APP_PIPE, useClass: StandardSchemaValidationPipe },
    { provide: APP_FILTER, useClass: ClientErrorFilter },
  ],
})
export class GatewayModule implements OnApplicationShutdown {
  onApplicationShutdown(): Promise<void> {
    return stopTracing();
  }
}
