import { afterEach, beforeEach, expect, jest } from '@jest/globals';
import { Observable } from 'rxjs';
import type { ScriptedOllama } from '../../lib/testing/node/index.js';
import type { ChatChunk, ChatRequest, OllamaOptions } from '../../lib/types/index.js';
import { fromOllamaChat } from '../../lib/sources/fromOllamaChat.js';

export { createGate, start } from '../testing/node/support.js';

export const REQUEST: ChatRequest = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };

/** One chat with a scripted server. */
export const ask = (
  { url }: { readonly url: string },
  options: OllamaOptions = {},
  request: ChatRequest = REQUEST,
): Observable<ChatChunk> => fromOllamaChat(request, { host: url, ...options });

/** What a subscription is told, and a promise of its end. */
export interface Heard<T> {
  readonly values: T[];
  error?: unknown;
  /** How many notifications there were, of all kinds. */
  count: number;
}

/** Listens to the end, be it good or bad. */
export function listen<T>(source: Observable<T>): Promise<Heard<T>> {
  return new Promise((resolve) => {
    const heard: Heard<T> = { values: [], count: 0 };
    source.subscribe({
      next(value) {
        heard.count++;
        heard.values.push(value);
      },
      error(error: unknown) {
        heard.count++;
        heard.error = error;
        resolve(heard);
      },
      complete() {
        heard.count++;
        resolve(heard);
      },
    });
  });
}

export const toContents = (chunks: readonly ChatChunk[]): string[] =>
  chunks.map(({ message }) => message.content);

/** Another request, to the server and back: time enough for whatever was still under way. */
export async function roundTrip({ url }: ScriptedOllama): Promise<void> {
  await (await fetch(`${url}/api/version`)).text();
}

/** Time stands still for the library until the test lets it pass; the network goes on. */
export function stopTime(): void {
  jest.useFakeTimers({
    doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout', 'clearTimeout'],
  });
}

/** Fails each test of the file in which anything writes to the console. */
export function forbidConsole(): void {
  const methods = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;
  const written: unknown[][] = [];
  beforeEach(() => {
    for (const method of methods) {
      jest.spyOn(console, method).mockImplementation((...args: unknown[]) => {
        written.push([method, ...args]);
      });
    }
  });
  afterEach(() => {
    jest.restoreAllMocks();
    expect(written.splice(0)).toEqual([]);
  });
}
