import type { Injector, Signal } from '@angular/core';
import type { Conversation } from '../conversation/createConversation.js';
import type { ConversationOptions } from '../conversation/options.js';
import type {
  CallActivity,
  ConversationEnding,
  ConversationMessage,
  ConversationStatus,
} from '../conversation/state.js';
import type { Throughput } from '../core/throughput.js';
import type { IdentifiedToolCall } from '../types/index.js';

/** What a conversation needs. What it doesn't set is that of `provideOllama`. */
export interface ConversationRefOptions extends Omit<ConversationOptions, 'model'> {
  /** The name of the model. @defaultValue that of `provideOllama` */
  readonly model?: string | undefined;
  /**
   * The injector that has the config, and with which the session is destroyed.
   * @defaultValue the injector of the current injection context
   */
  readonly injector?: Injector | undefined;
}

/** A call of a tool that waits for the user's decision. */
export interface ConversationApproval {
  /** The call, with the name of the tool and its arguments. */
  readonly call: IdentifiedToolCall;
  /** Why the call needs approval, if the tool said so. */
  readonly reason?: string | undefined;
  /** Lets the tool run. */
  approve(): void;
  /**
   * Doesn't let the tool run.
   *
   * @param reason is sent to the model
   */
  deny(reason?: string): void;
}

/** A chat session as signals. */
export interface ConversationRef extends Pick<
  Conversation,
  'send' | 'stop' | 'regenerate' | 'clear' | 'destroy'
> {
  /**
   * All messages in their order, the one that is streaming last. A message that is complete stays the same
   * object, so `@for (entry of messages(); track entry.id)` updates only the last one.
   */
  readonly messages: Signal<readonly ConversationMessage[]>;
  /** What the session does now. */
  readonly status: Signal<ConversationStatus>;
  /** How the last turn ended, until the next one. */
  readonly ending: Signal<ConversationEnding | undefined>;
  /** What the last turn failed with, until the next one. What was thrown and is not an `Error` is its `cause`. */
  readonly error: Signal<Error | undefined>;
  /** The speed of the current answer, or of the last one. */
  readonly metrics: Signal<Throughput | undefined>;
  /** The calls of the turn in their order, until the next turn begins. */
  readonly activity: Signal<readonly CallActivity[]>;
  /** The messages that wait for their turn. */
  readonly queued: Signal<readonly ConversationMessage[]>;
  /** Whether a turn is under way. */
  readonly isBusy: Signal<boolean>;
  /** The calls that wait for the user, unless the options have `approve`. */
  readonly approvals: Signal<readonly ConversationApproval[]>;
  /**
   * Changes the text of a user's message, drops everything after it, and asks again.
   *
   * @throws RangeError if this is not the `id` of a message of the user
   */
  edit(id: string, text: string): void;
}
