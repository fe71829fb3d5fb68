import { InjectionToken, makeEnvironmentProviders, type EnvironmentProviders } from '@angular/core';
import { checkDuration } from '../time.js';
import type { ChatRequest, OllamaOptions } from '../types/index.js';

/** What all chats of an app have in common. */
export interface OllamaConfig extends OllamaOptions {
  /** The model where a request names none. */
  readonly model?: string | undefined;
  /** Fields of a request that has not set them. `options` are merged one by one. */
  readonly defaults?: Omit<Partial<ChatRequest>, 'model' | 'messages' | 'stream'> | undefined;
  /**
   * The time between two changes of signals while text is streaming, as in `bufferForUi`; with 0 they
   * change per chunk.
   * @defaultValue `'frame'`
   */
  readonly every?: 'frame' | number | undefined;
}

/** The config of the nearest injector that has one. */
export const OLLAMA_CONFIG = /* @__PURE__ */ new InjectionToken<OllamaConfig>('OLLAMA_CONFIG', {
  providedIn: 'root',
  factory: () => ({}),
});

/**
 * Provides where Ollama is, and what all chats have in common, to an app, a route or a test.
 *
 * _It's like `provideHttpClient`, but for `injectOllama`, `chatResource` and `injectConversation`._
 *
 * Without it, they use the defaults of {@link OllamaOptions}. The config of a route replaces that of the app.
 *
 * A function is called once, in the injection context of its injector, so it may call `inject()`.
 *
 * In a browser, `host: ''` and a path such as `'/ollama'` mean the origin of the page. On a server they mean
 * the origin of the request that is being rendered, that is Angular's token `REQUEST`. Without a request, as
 * when pages are prerendered, a chat fails with an `OllamaConnectionError`.
 *
 * ```ts
 * import { type ApplicationConfig } from '@angular/core';
 * import { provideOllama } from 'rxjs-ollama/angular';
 *
 * export const appConfig: ApplicationConfig = {
 *   providers: [provideOllama({ host: '/ollama', model: 'qwen3', defaults: { think: true } })],
 * };
 * ```
 *
 * @param config the config, or a function that returns it
 * @throws RangeError when it is injected, if `every` is not `'frame'` or a number of ms from 0
 * @see {@link injectOllama}, {@link chatResource}, {@link injectConversation}
 */
export function provideOllama(config: OllamaConfig | (() => OllamaConfig)): EnvironmentProviders {
  return makeEnvironmentProviders([
    {
      provide: OLLAMA_CONFIG,
      useFactory: () => checkEvery(typeof config === 'function' ? config() : config),
    },
  ]);
}

/** @throws RangeError unless `every` is `'frame'`, a number of ms from 0, or absent */
export function checkEvery<T extends Pick<OllamaConfig, 'every'>>(options: T): T {
  if (options.every !== 'frame') checkDuration('every', options.every);
  return options;
}
