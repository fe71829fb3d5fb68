import type { FactoryProvider } from '@nestjs/common';
import { createOllamaPool, httpFetch } from 'rxjs-ollama/node';
import { CONFIG, type Config } from './config.js';

/** The hosts of `OLLAMA_HOSTS` as one client, an `OllamaPool`. */
export const OLLAMA = Symbol('OLLAMA');

export const ollamaProvider: FactoryProvider = {
  provide: OLLAMA,
  inject: [CONFIG],
  useFactory: ({ OLLAMA_HOSTS: hosts }: Config) => createOllamaPool({ hosts, fetch: httpFetch }),
};
