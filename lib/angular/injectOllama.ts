import type { Injector } from '@angular/core';
import type { Observable } from 'rxjs';
import { fromOllamaChat } from '../sources/fromOllamaChat.js';
import { fromOllamaCreate } from '../sources/fromOllamaCreate.js';
import { fromOllamaEmbed } from '../sources/fromOllamaEmbed.js';
import { fromOllamaGenerate } from '../sources/fromOllamaGenerate.js';
import { fromOllamaPull } from '../sources/fromOllamaPull.js';
import { fromOllamaPush } from '../sources/fromOllamaPush.js';
import type { ToolRunEvent } from '../tools/events.js';
import { runTools, type RunToolsOptions } from '../tools/runTools.js';
import type {
  ChatChunk,
  ChatRequest,
  CreateRequest,
  EmbedOptions,
  EmbedRequest,
  EmbedResponse,
  GenerateChunk,
  GenerateRequest,
  ModelProgress,
  OllamaOptions,
  ProgressOptions,
  PullRequest,
  PushRequest,
} from '../types/index.js';
import { fill, readConfig, withoutTools } from './config.js';
import { getInjector } from './context.js';
import { createOutside, subscribeOutside } from './outside.js';

/** A request whose model may be that of the config. */
type WithoutModel<R> = Omit<R, 'model'> & { readonly model?: string };

/**
 * The sources of this library with the config of `provideOllama`. All are cold, and are subscribed to
 * outside Angular's zone. What a request or its options set has priority over the config.
 */
export interface Ollama {
  /** As `fromOllamaChat`. */
  chat(request: WithoutModel<ChatRequest>, options?: OllamaOptions): Observable<ChatChunk>;
  /** As `fromOllamaGenerate`. */
  generate(
    request: WithoutModel<GenerateRequest>,
    options?: OllamaOptions,
  ): Observable<GenerateChunk>;
  /** As `runTools`. */
  runTools(
    request: WithoutModel<Omit<ChatRequest, 'tools'>>,
    options: RunToolsOptions,
  ): Observable<ToolRunEvent>;
  /** As `fromOllamaPull`. */
  pull(request: PullRequest, options?: ProgressOptions): Observable<ModelProgress>;
  /** As `fromOllamaPush`. */
  push(request: PushRequest, options?: ProgressOptions): Observable<ModelProgress>;
  /** As `fromOllamaCreate`. */
  create(request: CreateRequest, options?: ProgressOptions): Observable<ModelProgress>;
  /** As `fromOllamaEmbed`. Models that embed are others than those that chat, so a request names its own. */
  embed(request: EmbedRequest, options?: EmbedOptions): Observable<EmbedResponse>;
}

/** Where the functions of this entry inject from. */
export interface InjectOptions {
  /** The injector that has the config. @defaultValue the injector of the current injection context */
  readonly injector?: Injector | undefined;
}

/**
 * Injects the sources of this library, with the config of {@link provideOllama} merged into each request.
 *
 * _It's like `inject(HttpClient)`, but each method is a source of this library._
 *
 * The sources are subscribed to outside Angular's zone, and emit there. Setting a signal is enough to show
 * what they emit. A plain field of a component that zone.js checks needs `markForCheck()`.
 *
 * ```ts
 * import { Component, signal } from '@angular/core';
 * import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
 * import { injectOllama } from 'rxjs-ollama/angular';
 *
 * @Component({ selector: 'app-pull', template: '{{ percent() }} %' })
 * export class Pull {
 *   readonly percent = signal(0);
 *
 *   constructor() {
 *     injectOllama()
 *       .pull({ model: 'qwen3' })
 *       .pipe(takeUntilDestroyed())
 *       .subscribe(({ ratio }) => this.percent.set(Math.round(ratio * 100)));
 *   }
 * }
 * ```
 *
 * @param options an injector, outside an injection context
 * @throws Angular's NG0203 outside an injection context, unless `injector` is set
 * @see {@link chatResource}, {@link injectConversation}
 */
export function injectOllama(options: InjectOptions = {}): Ollama {
  const injector = getInjector(injectOllama, options.injector);
  const outside = createOutside(injector);
  const { where, defaults } = readConfig(injector);
  const plain = withoutTools(defaults);
  const from = <T>(source: Observable<T>): Observable<T> => subscribeOutside(source, outside);
  return {
    chat: (request, by) => from(fromOllamaChat(fill(request, defaults), { ...where, ...by })),
    generate: (request, by) => from(fromOllamaGenerate(fill(request, plain), { ...where, ...by })),
    runTools: (request, by) => from(runTools(fill(request, plain), { ...where, ...by })),
    pull: (request, by) => from(fromOllamaPull(request, { ...where, ...by })),
    push: (request, by) => from(fromOllamaPush(request, { ...where, ...by })),
    create: (request, by) => from(fromOllamaCreate(request, { ...where, ...by })),
    embed: (request, by) => from(fromOllamaEmbed(request, { ...where, ...by })),
  };
}
