import type { Injector, ResourceStatus, Signal } from '@angular/core';
import type { Observable } from 'rxjs';
import type { Throughput } from '../core/throughput.js';
import type {
  AssistantMessage,
  ChatRequest,
  IdentifiedToolCall,
  Phase,
  PhasedChunk,
} from '../types/index.js';

/** A request whose model is that of `provideOllama`, unless it names one. */
export type ChatResourceRequest = Omit<ChatRequest, 'model'> & {
  /** The name of the model. @defaultValue that of `provideOllama` */
  readonly model?: string;
};

/**
 * What a resource does: a {@link Phase} while text is streaming, and `'done'` when the answer is complete.
 * Besides these, `'idle'` without a request, `'waiting'` before the first chunk, `'stopped'` after `stop()`, and
 * `'error'`.
 */
export type ChatPhase = Phase | 'idle' | 'waiting' | 'stopped' | 'error';

/** What a resource asks, and how. */
export interface ChatResourceOptions {
  /**
   * The request, read in a reactive context: when a signal that it reads changes it, the answer to the
   * old one is cancelled and the new one is sent. `undefined` cancels and clears.
   */
  readonly request: () => ChatResourceRequest | undefined;
  /**
   * Operators between `splitThinking` and `bufferForUi`, such as `timeoutChat` and `retryChat`. They see each
   * chunk when it arrives.
   */
  readonly operators?: ((chunk$: Observable<PhasedChunk>) => Observable<PhasedChunk>) | undefined;
  /**
   * The time between two changes of signals while text is streaming, as in `bufferForUi`; with 0 they
   * change per chunk.
   * @defaultValue that of `provideOllama`, or else `'frame'`
   */
  readonly every?: 'frame' | number | undefined;
  /**
   * Whether a request asks for the same as the one before it, so that it is not sent.
   * @defaultValue compares objects and lists by what they hold, and bytes by identity
   */
  readonly equal?: ((a: ChatResourceRequest, b: ChatResourceRequest) => boolean) | undefined;
  /**
   * What happens where a server renders the page. `'skip'`: the server sends no request, and the browser sends
   * one. `'wait'`: the page waits for the whole answer, and the browser takes that over.
   * @defaultValue `'skip'`
   */
  readonly server?: 'skip' | 'wait' | undefined;
  /**
   * With `'wait'`: what the answer is called in Angular's `TransferState`.
   * @defaultValue the request as JSON
   */
  readonly id?: string | undefined;
  /**
   * The injector that has the config, and with which the resource is destroyed.
   * @defaultValue the injector of the current injection context
   */
  readonly injector?: Injector | undefined;
  /** The name of its effect and signals in Angular's developer tools. */
  readonly debugName?: string | undefined;
}

/** The answer to a request as signals. None of them ever throws. */
export interface ChatResourceRef {
  /** The message so far, ready to append to `messages`. An error or `stop()` keeps it. */
  readonly value: Signal<AssistantMessage | undefined>;
  /**
   * `'loading'` before the first chunk; `'resolved'` from then on, also while more is streaming;
   * `'reloading'` after `reload()`, before the first chunk; `'error'`; `'idle'` without a request.
   */
  readonly status: Signal<ResourceStatus>;
  /** What the request failed with. What was thrown and is not an `Error` is its `cause`. */
  readonly error: Signal<Error | undefined>;
  /** Whether the request was sent and nothing has arrived. */
  readonly isLoading: Signal<boolean>;
  /** Whether more may arrive: from the first chunk until completion, `stop()` or an error. */
  readonly isStreaming: Signal<boolean>;
  /** What the model does now. */
  readonly phase: Signal<ChatPhase>;
  /** The text of the answer so far. */
  readonly answer: Signal<string>;
  /** The text of the thinking so far. */
  readonly thinking: Signal<string>;
  /** The calls of tools so far. */
  readonly toolCalls: Signal<readonly IdentifiedToolCall[]>;
  /** How fast the answer arrives, from its first chunk on. */
  readonly throughput: Signal<Throughput | undefined>;
  /** Whether there is a message. */
  hasValue(): boolean;
  /**
   * Cancels the request, and keeps what was shown. Before the first chunk the status becomes `'idle'`. Does nothing
   * while no request is under way.
   */
  stop(): void;
  /**
   * Sends the request again. The old message stays until the first new chunk.
   *
   * @returns whether there is a request to send
   */
  reload(): boolean;
  /** Stops for good, as when the injector is destroyed. */
  destroy(): void;
}
