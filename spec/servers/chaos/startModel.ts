import { once } from 'node:events';
import type { Outcome } from '../../../lib/testing/node/index.js';
import { bundle, startChild } from '../startChild.js';
import type { ModelUrls } from './question.js';

/** The n-th chat that the model was asked for. */
interface Chat {
  /** Lets the model say so many more pieces; the final chunk counts as one. */
  release(pieces?: number): Promise<void>;
  /** How it is now. */
  state(): Promise<ChatState>;
  /** Resolves when it has ended or was left. */
  closed(): Promise<ChatState>;
}

interface ChatState {
  readonly outcome: Outcome;
  /** How many lines the model has written. */
  readonly lines: number;
}

/** The model, seen from a spec. */
export interface Model {
  readonly url: string;
  /** The address of the shop that the tool of the gateways calls. */
  readonly shop: string;
  /** The orders that were paid back: once for each time that the tool ran. */
  refunds(): Promise<readonly string[]>;
  /** How many chats it was asked for. */
  count(): Promise<number>;
  /** The n-th chat, counted from 1. Resolves when it has arrived. */
  chat(n: number): Promise<Chat>;
  stop(): Promise<void>;
}

/** More pieces than any answer has. */
const ALL = 1e9;

export async function startModel(): Promise<Model> {
  const { process: child, ready } = await startChild<ModelUrls>(await bundle('chaos/model.ts'), {});
  const ask = async <T>(path: string): Promise<T> =>
    (await (await fetch(ready.control + path)).json()) as T;
  return {
    url: ready.ollama,
    shop: ready.control,
    refunds: () => ask<string[]>('/refunds'),
    count: () => ask<number>('/count'),
    async chat(n) {
      const query = `?n=${String(n)}`;
      await ask(`/state${query}`);
      return {
        async release(pieces = ALL) {
          await ask(`/release${query}&pieces=${String(pieces)}`);
        },
        state: () => ask<ChatState>(`/state${query}`),
        closed: () => ask<ChatState>(`/closed${query}`),
      };
    },
    async stop() {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}
