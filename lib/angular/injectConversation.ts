import { DestroyRef, computed, signal, type Signal } from '@angular/core';
import { tap } from 'rxjs';
import { createConversation } from '../conversation/createConversation.js';
import type { ConversationOptions } from '../conversation/options.js';
import type { ConversationState } from '../conversation/state.js';
import { omit } from '../core/omit.js';
import { fill, readConfig, withoutTools } from './config.js';
import { getInjector, isOnServer } from './context.js';
import type { ConversationRef, ConversationRefOptions } from './conversationRef.js';
import { createOutside } from './outside.js';
import { toError } from './toError.js';

const NONE: readonly never[] = [];

/** A list that is copied for each state is the same while its elements are. */
const sameElements = {
  equal: (a: readonly unknown[], b: readonly unknown[]) =>
    a.length === b.length && a.every((element, place) => element === b[place]),
};

/**
 * Creates a chat session whose state is signals, and which ends with its injector.
 *
 * _It's like `createConversation`, but its state is signals, and the component's end is its end._
 *
 * Fields that the options don't set are those of {@link provideOllama}.
 *
 * Options may be a function, for example of signals. It is called when the conversation is created, for
 * `history`, `store`, `whileBusy` and `injector`, which stay. It is called again for each turn, so a turn
 * uses the model that is selected when it begins.
 *
 * Without the callback `approve`, a call that needs approval waits in `approvals`.
 *
 * On a server the store is neither loaded nor saved.
 *
 * ```ts
 * import { Component, signal } from '@angular/core';
 * import { injectConversation } from 'rxjs-ollama/angular';
 *
 * @Component({
 *   selector: 'app-chat',
 *   template: `
 *     @for (entry of chat.messages(); track entry.id) {
 *       <p>{{ entry.message.role }}: {{ entry.message.content }}</p>
 *     }
 *     <input #box (change)="chat.send(box.value)" />
 *   `,
 * })
 * export class Chat {
 *   readonly model = signal('qwen3');
 *   readonly chat = injectConversation(() => ({ model: this.model(), system: 'Answer briefly.' }));
 * }
 * ```
 *
 * @param options what to ask, and how; or a function that returns it
 * @throws Angular's NG0203 outside an injection context, unless `injector` is set
 * @throws RangeError or TypeError for an option that a conversation can't work with, and what a function
 * throws that gives the options
 * @see {@link chatResource}, {@link createConversation}
 */
export function injectConversation(
  options: ConversationRefOptions | (() => ConversationRefOptions) = {},
): ConversationRef {
  const read = (): ConversationRefOptions => (typeof options === 'function' ? options() : options);
  const injector = getInjector(injectConversation, read().injector);
  const outside = createOutside(injector);
  const { every, where, defaults } = readConfig(injector);
  const onServer = isOnServer(injector);
  const complete = (given: ConversationRefOptions): ConversationOptions => ({
    ...{ every, ...where },
    ...fill(omit(given, 'injector', ...(onServer ? ['store'] : [])), withoutTools(defaults)),
  });

  const conversation = outside(() =>
    createConversation(
      typeof options === 'function' ? () => complete(options()) : complete(options),
    ),
  );
  const state = signal(conversation.state);
  const show = tap((next: ConversationState) => {
    state.set(next);
  });
  outside(() => conversation.state$.pipe(show).subscribe());
  const select = <T>(get: (current: ConversationState) => T): Signal<T> =>
    computed(() => get(state()));
  const selectList = <T>(get: (current: ConversationState) => readonly T[]) =>
    computed(() => get(state()), sameElements);
  const status = select((current) => current.status);
  const activity = selectList((current) => current.activity ?? NONE);
  const waiting = computed(
    () => activity().filter((entry) => entry.status === 'approval'),
    sameElements,
  );

  /** A method of the user, who may call it in the zone, or in an effect. */
  const act =
    <A extends readonly unknown[]>(method: (...args: A) => void) =>
    (...args: A): void => {
      outside(() => {
        method(...args);
      });
    };
  const destroy = act(() => {
    unregister();
    conversation.destroy();
  });
  const unregister = injector.get(DestroyRef).onDestroy(destroy);

  return {
    messages: selectList(({ messages }) => messages),
    status,
    ending: select(({ ending }) => ending),
    error: select(({ error }) => (error === undefined ? undefined : toError(error))),
    metrics: select(({ metrics }) => metrics),
    activity,
    queued: selectList(({ queued }) => queued ?? NONE),
    isBusy: computed(() => status() !== 'idle' && status() !== 'error'),
    approvals: computed(() =>
      waiting().map(({ call, reason }) => ({
        call,
        reason,
        approve: act(() => {
          conversation.approve(call.id, true);
        }),
        deny: act((why?: string) => {
          conversation.approve(call.id, { approved: false, reason: why });
        }),
      })),
    ),
    send: act((...args: Parameters<ConversationRef['send']>) => {
      conversation.send(...args);
    }),
    stop: act(() => {
      conversation.stop();
    }),
    regenerate: act(() => {
      conversation.regenerate();
    }),
    edit: act((id: string, text: string) => {
      conversation.edit(id, text);
    }),
    clear: act(() => {
      conversation.clear();
    }),
    destroy,
  };
}
