import type { Boundary } from '../core/message/boundary.js';
import type { Throughput } from '../core/throughput.js';
import type { Approval, Decision } from '../tools/approval.js';
import type { AssistantMessage, ChatChunk, IdentifiedToolCall, Message } from '../types/index.js';
import type { CallEvent } from './activity.js';
import type { LoadedMessage } from './messages.js';
import type { CurrentStep } from './session.js';
import type { ConversationEnding } from './state.js';

/** What a message does that is sent during an answer. */
export type WhileBusy = 'queue' | 'switch' | 'ignore';

/** The action of this type. */
export type ActionOf<T extends ConversationAction['type']> = Extract<
  ConversationAction,
  { readonly type: T }
>;

/** What happens to a conversation. */
export type ConversationAction =
  | { readonly type: 'send'; readonly message: Message; readonly whileBusy: WhileBusy }
  | { readonly type: 'stop' | 'regenerate' | 'clear' | 'destroy' }
  | { readonly type: 'edit'; readonly id: string; readonly text: string }
  | { readonly type: 'approve'; readonly callId: string; readonly approval: Approval }
  | { readonly type: 'loaded'; readonly loaded: readonly LoadedMessage[] }
  /** The turn failed. */
  | { readonly type: 'failed'; readonly error: unknown }
  /** Something beside the turn failed: saving, or a teardown. */
  | { readonly type: 'fault'; readonly error: unknown }
  | {
      readonly type: 'chunk';
      readonly chunk: ChatChunk;
      /** What the chunk begins in its step. */
      readonly boundary: Boundary;
      /** The message so far. */
      readonly message: AssistantMessage;
      readonly step: CurrentStep;
      readonly metrics?: Throughput | undefined;
      readonly thinkingMs?: number | undefined;
    }
  | { readonly type: 'call'; readonly event: CallEvent }
  /** `approve` has answered. */
  | {
      readonly type: 'decided';
      readonly call: IdentifiedToolCall;
      readonly decision: Decision;
    }
  | {
      readonly type: 'step';
      readonly message: AssistantMessage;
      readonly results: readonly Message[];
      readonly reason: ConversationEnding;
    }
  | { readonly type: 'end'; readonly reason: ConversationEnding };
