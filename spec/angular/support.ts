import {
  Component,
  Injector,
  computed,
  inject,
  type EnvironmentProviders,
  type Provider,
} from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { afterEach } from '@jest/globals';
import { filter, firstValueFrom } from 'rxjs';
import type { ChatResourceRef } from '../../lib/angular/index.js';
import {
  OllamaTestingController,
  provideOllamaTesting,
  type OllamaTestingOptions,
} from '../../lib/angular/testing/index.js';

export { createGate, start } from '../testing/node/support.js';

const controllers: OllamaTestingController[] = [];

// TestBed has destroyed what asked by now: no chat can be open.
afterEach(() => {
  for (const controller of controllers.splice(0)) controller.verify();
});

/** A request for the answer to this. */
export const ask = (content: string) => ({ messages: [{ role: 'user', content }] });

interface Host<T> {
  readonly ref: T;
}

/** A component that has what `create` returns. */
export interface Mounted<T> {
  readonly ref: T;
  readonly fixture: ComponentFixture<Host<T>>;
  readonly injector: Injector;
  /** What the component shows. */
  readonly text: () => string;
}

/**
 * Creates a component, and runs the first change detection.
 *
 * @param create runs in the component's injection context
 * @param template has the result as `ref`
 */
export function mount<T>(
  create: () => T,
  providers: readonly (Provider | EnvironmentProviders)[] = [],
  template = '',
): Mounted<T> {
  TestBed.configureTestingModule({ providers: [...providers] });
  @Component({ template })
  class TestHost implements Host<T> {
    readonly ref = create();
    readonly injector = inject(Injector);
  }
  const fixture = TestBed.createComponent(TestHost);
  const { ref, injector } = fixture.componentInstance;
  TestBed.tick();
  return {
    ref,
    fixture,
    injector,
    text: () => (fixture.nativeElement as HTMLElement).textContent.trim(),
  };
}

/** Waits until a condition holds that is made of signals. */
export async function until(condition: () => boolean): Promise<void> {
  const injector = TestBed.inject(Injector);
  await firstValueFrom(toObservable(computed(condition), { injector }).pipe(filter(Boolean)));
}

/** `mount` with a client whose chats the test answers. */
export function mountTesting<T>(
  create: () => T,
  options: OllamaTestingOptions & { readonly template?: string } = {},
): Mounted<T> & { readonly controller: OllamaTestingController } {
  const { template, ...testing } = options;
  const mounted = mount(create, [provideOllamaTesting(testing)], template);
  const controller = TestBed.inject(OllamaTestingController);
  controllers.push(controller);
  return { ...mounted, controller };
}

/** What a resource shows, in one object. */
export const look = (chat: ChatResourceRef) => ({
  status: chat.status(),
  phase: chat.phase(),
  thinking: chat.thinking(),
  answer: chat.answer(),
  ...(chat.isLoading() && { isLoading: true }),
  ...(chat.isStreaming() && { isStreaming: true }),
  ...(chat.error() && { error: chat.error()?.message }),
});
