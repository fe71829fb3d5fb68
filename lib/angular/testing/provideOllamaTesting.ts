import {
  InjectionToken,
  inject,
  makeEnvironmentProviders,
  type EnvironmentProviders,
} from '@angular/core';
import { provideOllama } from '../provideOllama.js';
import { OllamaTestingController } from './OllamaTestingController.js';
import { createController, type Testing } from './createController.js';

const TESTING = /* @__PURE__ */ new InjectionToken<Testing>('OLLAMA_TESTING');

/** The config that code under test gets. */
export interface OllamaTestingOptions {
  /** The model where a request names none. @defaultValue `'test'` */
  readonly model?: string | undefined;
  /**
   * The time between two changes of signals; with 0 they change with each chunk, synchronously.
   * @defaultValue `0`
   */
  readonly every?: 'frame' | number | undefined;
}

/**
 * Provides a client without a server: what the code under test asks waits in the
 * {@link OllamaTestingController} for the answers of the test.
 *
 * _It's like `provideHttpClientTesting`, but for `injectOllama`, `chatResource` and `injectConversation`._
 *
 * Answers arrive synchronously, without a promise and without a clock. So a test needs neither `await` nor
 * fake timers, and it also works inside `TestScheduler.run`. It has to stand after `provideOllama`.
 *
 * ```ts
 * import { TestBed } from '@angular/core/testing';
 * import { provideOllamaTesting } from 'rxjs-ollama/angular/testing';
 *
 * TestBed.configureTestingModule({ providers: [provideOllamaTesting({ model: 'qwen3' })] });
 * ```
 *
 * @param options the model, and how often signals change
 * @see {@link OllamaTestingController}
 */
export function provideOllamaTesting(options: OllamaTestingOptions = {}): EnvironmentProviders {
  const { model = 'test', every = 0 } = options;
  return makeEnvironmentProviders([
    { provide: TESTING, useFactory: createController },
    { provide: OllamaTestingController, useFactory: () => inject(TESTING).controller },
    provideOllama(() => ({ model, every, client: inject(TESTING).client })),
  ]);
}
