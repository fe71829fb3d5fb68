import { Subject, defer, finalize, type Observable } from 'rxjs';
import {
  createRuns,
  memoryStore,
  type RunStore,
  type Runs,
  type RunsOptions,
  type SseFrame,
} from '../../../lib/node/index.js';
import { chunk } from '../../../lib/testing/index.js';
import type { ChatChunk } from '../../../lib/types/index.js';
import { createVirtualTime, type VirtualTime } from '../../support/virtualTime.js';
import { createLink, type Link } from './link.js';

export const ann = { owner: 'ann' };
export const bob = { owner: 'bob' };

/** What one reader has got. */
export interface Reading {
  readonly frames: readonly SseFrame[];
  /** `id event`, of each. */
  readonly names: readonly string[];
  /** The text of all chunks, from the last `reset` on. */
  readonly text: string;
  readonly isComplete: boolean;
  readonly error: unknown;
  leave(): void;
}

export function read(frame$: Observable<SseFrame>): Reading {
  const frames: SseFrame[] = [];
  let isComplete = false;
  let failure: unknown;
  const subscription = frame$.subscribe({
    next: (frame) => frames.push(frame),
    error: (error: unknown) => {
      failure = error;
    },
    complete: () => {
      isComplete = true;
    },
  });
  return {
    frames,
    get names() {
      return frames.map(({ id, event }) => (id === undefined ? event : `${id} ${event}`));
    },
    get text() {
      return frames.reduce((text, { event, data }) => {
        if (event !== 'chunk') return text;
        const { message, reset } = JSON.parse(data) as ChatChunk & { reset?: true };
        return (reset ? '' : text) + message.content;
      }, '');
    },
    get isComplete() {
      return isComplete;
    },
    get error() {
      return failure;
    },
    leave: () => {
      subscription.unsubscribe();
    },
  };
}

/** A model that says what a test says, to all who have subscribed. */
export interface Model {
  readonly chunk$: Observable<ChatChunk>;
  /** How many have subscribed. */
  readonly asked: number;
  /** How many of them have unsubscribed before the end. */
  readonly stopped: number;
  say(...texts: readonly string[]): void;
  finish(): void;
  fail(error: unknown): void;
}

export function createModel(): Model {
  const said$ = new Subject<ChatChunk>();
  let asked = 0;
  let stopped = 0;
  let hasEnded = false;
  return {
    chunk$: defer(() => {
      asked++;
      return said$.pipe(
        finalize(() => {
          if (!hasEnded) stopped++;
        }),
      );
    }),
    get asked() {
      return asked;
    },
    get stopped() {
      return stopped;
    },
    say(...texts) {
      for (const text of texts) said$.next(chunk.answer(text));
    },
    finish() {
      said$.next(chunk.done());
      hasEnded = true;
      said$.complete();
    },
    fail(error) {
      hasEnded = true;
      said$.error(error);
    },
  };
}

/** A gateway, and its link to the store. */
export interface Gateway extends Runs, Omit<Link, 'store'> {}

/** Gateways that share a store, in virtual time. */
export interface Scene extends VirtualTime {
  readonly store: RunStore;
  readonly open: (options?: RunsOptions) => Gateway;
}

export function createScene(openStore: typeof memoryStore = memoryStore): Scene {
  const time = createVirtualTime();
  const { scheduler } = time;
  const store = openStore({ scheduler });
  return {
    ...time,
    store,
    open(options) {
      const { store: linked, ...link } = createLink(store);
      return { ...createRuns({ store: linked, scheduler, ...options }), ...link };
    },
  };
}
