import { PendingTasks, REQUEST, TransferState, makeStateKey, type Injector } from '@angular/core';
import { noop } from 'rxjs';
import type { AssistantMessage } from '../types/index.js';
import type { ChatResourceOptions, ChatResourceRequest } from './chatResourceRef.js';
import { isOnServer } from './context.js';

/** An answer that a server has received for the browser. */
interface Transferred {
  readonly request: ChatResourceRequest;
  readonly message: AssistantMessage;
}

/** How a resource with `server: 'wait'` passes its answer from the server to the browser. */
export interface Transfer {
  /**
   * Keeps the page from being sent. Call the result when the answer has ended.
   *
   * @param leave is called when the browser has left the page that is being rendered
   */
  begin(leave: () => void): () => void;
  /** Stores an answer that is complete. */
  store(request: ChatResourceRequest, message: AssistantMessage | undefined): void;
  /** The server's answer, once, if it is one to this request. */
  take(request: ChatResourceRequest): AssistantMessage | undefined;
}

export function createTransfer(
  injector: Injector,
  id: ChatResourceOptions['id'],
  equal: NonNullable<ChatResourceOptions['equal']>,
): Transfer {
  const state = injector.get(TransferState);
  const tasks = injector.get(PendingTasks);
  const onServer = isOnServer(injector);
  const toKey = (request: ChatResourceRequest) =>
    makeStateKey<Transferred>(`rxjs-ollama ${id ?? JSON.stringify(request)}`);

  return {
    begin(leave) {
      if (!onServer) return noop;
      const sendPage = tasks.add();
      // Angular gives up the page then, and destroys its app later, or never.
      const signal = injector.get(REQUEST, null)?.signal;
      signal?.addEventListener('abort', leave);
      return () => {
        signal?.removeEventListener('abort', leave);
        sendPage();
      };
    },
    store(request, message) {
      if (onServer && message) state.set(toKey(request), { request, message });
    },
    take(request) {
      const key = toKey(request);
      const stored = onServer ? undefined : state.get<Transferred | undefined>(key, undefined);
      state.remove(key);
      return stored && equal(stored.request, request) ? stored.message : undefined;
    },
  };
}
