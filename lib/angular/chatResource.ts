import { DestroyRef, computed, effect, signal, untracked, type Signal } from '@angular/core';
import { Subscription, finalize } from 'rxjs';
import { fromOllamaChat } from '../sources/fromOllamaChat.js';
import type {
  ChatResourceOptions,
  ChatResourceRef,
  ChatResourceRequest,
} from './chatResourceRef.js';
import {
  IDLE,
  LOADING,
  toEnded,
  toFailed,
  toReloading,
  toStopped,
  toTransferred,
  type ChatState,
} from './chatState.js';
import { fill, readConfig } from './config.js';
import { getInjector, isOnServer } from './context.js';
import { isSameRequest } from './isSameRequest.js';
import { createOutside } from './outside.js';
import { createOwnReads } from './ownReads.js';
import { checkEvery } from './provideOllama.js';
import { streamChat } from './streamChat.js';
import { toError } from './toError.js';
import { createTransfer } from './transfer.js';

/** Angular's production builds replace it by `false`, and drop what needs it. */
declare const ngDevMode: unknown;

/** What the function `request` returned or threw. */
interface Wanted {
  readonly request?: ChatResourceRequest | undefined;
  readonly error?: Error;
}

/**
 * Streams the answer to a request that is made of signals, as signals.
 *
 * _It's like `rxResource` over `fromOllamaChat`, but it has states for streaming, and no way to leave it keeps
 * the model running._
 *
 * The request is read in an effect, so it is sent with the next change detection. A changed request
 * cancels the old one at the server and clears its answer. `undefined` cancels and clears. A request that
 * asks for the same is not sent again. When the component is destroyed, its request is cancelled.
 *
 * `splitThinking`, your `operators`, `bufferForUi` and `accumulateMessage` are applied to the chunks, outside
 * Angular's zone. Signals change at most once per animation frame.
 *
 * An error keeps the message so far: `value()` has it, and `error()` says what happened. What `request`
 * throws is an error too. `reload()` sends the request again in every state, as long as there is one.
 *
 * A request that depends on the answer to it would be sent again with each chunk. In development it fails
 * with an error instead.
 *
 * Nothing here keeps an app from being stable, except `server: 'wait'` on a server.
 *
 * ```ts
 * import { Component, signal } from '@angular/core';
 * import { chatResource } from 'rxjs-ollama/angular';
 *
 * @Component({
 *   selector: 'app-answer',
 *   template: `
 *     <input #box (change)="question.set(box.value)" />
 *     <p>{{ chat.answer() }}</p>
 *     @if (chat.error(); as error) {
 *       <p>{{ error.message }} <button (click)="chat.reload()">Try again</button></p>
 *     }
 *   `,
 * })
 * export class Answer {
 *   readonly question = signal('');
 *   readonly chat = chatResource({
 *     request: () =>
 *       this.question()
 *         ? { model: 'qwen3', messages: [{ role: 'user', content: this.question() }] }
 *         : undefined,
 *   });
 * }
 * ```
 *
 * @param options the request, and how its answer is shown
 * @throws Angular's NG0203 outside an injection context, unless `injector` is set
 * @throws RangeError if `every` is not `'frame'` or a number of ms from 0
 * @see {@link provideOllama}, {@link injectConversation}, {@link injectOllama}
 */
export function chatResource(options: ChatResourceOptions): ChatResourceRef {
  const { operators, equal = isSameRequest, server = 'skip', id, debugName } = options;
  const injector = getInjector(chatResource, options.injector);
  const outside = createOutside(injector);
  const config = readConfig(injector);
  const { every = config.every } = checkEvery(options);
  const transfer = server === 'wait' ? createTransfer(injector, id, equal) : undefined;
  const isSkipped = server === 'skip' && isOnServer(injector);
  const own = typeof ngDevMode === 'undefined' || ngDevMode ? createOwnReads() : undefined;
  const named = { ...(debugName && { debugName }) };

  const state = signal(IDLE, named);
  const wanted = computed<Wanted>(
    () => {
      try {
        return { request: own ? own.readRequest(options.request) : options.request() };
      } catch (error) {
        return { error: toError(error) };
      }
    },
    {
      ...named,
      equal: (a, b) =>
        a.error === b.error &&
        (a.request && b.request ? equal(a.request, b.request) : a.request === b.request),
    },
  );
  let asked: Wanted = {};
  let running = Subscription.EMPTY;

  const set = (next: ChatState): void => {
    const before = own && untracked(wanted);
    state.set(next);
    if (own && untracked(wanted) !== before) own.report();
  };

  const ask = (next: Wanted, start: ChatState): void => {
    running.unsubscribe();
    asked = next;
    const { request, error } = next;
    if (!request) {
      set(error ? toFailed(IDLE, error) : IDLE);
      return;
    }
    const message = transfer?.take(request);
    if (message) {
      set(toTransferred(message));
      return;
    }
    set(start);
    if (isSkipped) return;
    const end = transfer?.begin(stop);
    const chunk$ = fromOllamaChat(fill(request, config.defaults), config.where);
    running = streamChat(chunk$, every, operators)
      .pipe(finalize(() => end?.()))
      .subscribe({
        next: set,
        error: (thrown: unknown) => {
          set(toFailed(state(), toError(thrown)));
        },
        complete: () => {
          transfer?.store(request, state().message);
          set(toEnded(state(), 'done'));
        },
      });
  };

  const effectRef = effect(
    () => {
      const next = wanted();
      outside(() => {
        if (own?.error) {
          ask({ error: own.error }, IDLE);
          throw own.error;
        }
        if (next !== asked) ask(next, LOADING);
      });
    },
    { injector, ...named },
  );

  const stop = (): void => {
    outside(() => {
      if (running.closed) return;
      running.unsubscribe();
      set(toStopped(state()));
    });
  };
  const destroy = (): void => {
    stop();
    effectRef.destroy();
    unregister();
    isDestroyed = true;
  };
  let isDestroyed = false;
  const unregister = injector.get(DestroyRef).onDestroy(destroy);

  const select = <T>(read: (current: ChatState) => T): Signal<T> => {
    const selected = computed(() => read(state()));
    return own ? own.guard(selected) : selected;
  };
  const value = select(({ message }) => message);
  return {
    value,
    status: select(({ status }) => status),
    error: select(({ error }) => error),
    isLoading: select(({ status }) => status === 'loading' || status === 'reloading'),
    isStreaming: select(({ isStreaming = false }) => isStreaming),
    phase: select(({ phase }) => phase),
    answer: select(({ message }) => message?.content ?? ''),
    thinking: select(({ message }) => message?.thinking ?? ''),
    toolCalls: select(({ toolCalls }) => toolCalls),
    throughput: select(({ throughput }) => throughput),
    hasValue: () => value() !== undefined,
    stop,
    reload: () =>
      outside(() => {
        const next = wanted();
        if (isDestroyed || isSkipped || !next.request) return false;
        ask(next, next === asked ? toReloading(state()) : LOADING);
        return true;
      }),
    destroy,
  };
}
