import { Logger, type FactoryProvider, type OnApplicationShutdown } from '@nestjs/common';
import { createClient } from 'redis';
import { memoryStore } from 'rxjs-ollama/node';
import { redisStore } from 'rxjs-ollama/redis';
import { CONFIG, type Config } from './config.js';

const create = (url: string) => createClient({ url });
type Client = ReturnType<typeof create>;

/** The connections to Redis, if there is one. They connect again by themselves. */
export class Redis implements OnApplicationShutdown {
  constructor(
    /** For commands. */
    readonly client?: Client,
    /** Waits for the events of runs, and can't be used for anything else meanwhile. */
    readonly reader?: Client,
  ) {}

  onApplicationShutdown(): void {
    this.client?.destroy();
    this.reader?.destroy();
  }
}

export const redisProvider: FactoryProvider = {
  provide: Redis,
  inject: [CONFIG],
  useFactory: async ({ REDIS_URL: url }: Config) => {
    if (url === undefined) return new Redis();
    const logger = new Logger('Redis');
    const clients = [create(url), create(url)] as const;
    for (const client of clients) {
      // Without a listener, a lost connection would end the process.
      client.on('error', ({ message }: Error) => {
        logger.error(message);
      });
    }
    await Promise.all(clients.map((client) => client.connect()));
    return new Redis(...clients);
  },
};

export const RUN_STORE = Symbol('RUN_STORE');

/** Where runs are: in Redis, so that every gateway can read and stop them, or in the memory of this process. */
export const runStoreProvider: FactoryProvider = {
  provide: RUN_STORE,
  inject: [Redis],
  useFactory: ({ client, reader }: Redis) =>
    client && reader ? redisStore({ client, reader }) : memoryStore(),
};
