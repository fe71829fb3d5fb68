import type { IdentifiedToolCall, Message } from '../types/index.js';
import type { Throughput } from '../core/throughput.js';
import type { FinishReason } from '../tools/events.js';

/** What a conversation is doing. */
export type ConversationStatus =
  'idle' | 'waiting' | 'thinking' | 'answering' | 'calling-tools' | 'error';

/** How an answer or a turn ended: the reason of its run of tools, or that it was stopped, or failed. */
export type ConversationEnding = FinishReason | 'stopped' | 'error';

/** A message as a screen shows it. The server gets `message`, and nothing of what is beside it. */
export interface ConversationMessage {
  /** Stays the same while the message is streaming, when it is complete, and when it is edited. */
  readonly id: string;
  /** The message as requests carry it; while it is streaming, the message so far. */
  readonly message: Message;
  /** Whether more of the message may arrive. Only the last one can be streaming. */
  readonly streaming: boolean;
  /** Of an answer: its speed. */
  readonly metrics?: Throughput | undefined;
  /** Of an answer: how long the model has thought, in ms, by the clock here. Absent without thinking. */
  readonly thinkingMs?: number | undefined;
  /** Of an answer that has ended: why. `'stopped'`, `'error'`, or the reason of the server. */
  readonly ending?: ConversationEnding | undefined;
}

/**
 * What happens to a call. `'waiting'`: for its arguments to be checked, or for a place among
 * `concurrency`. `'approval'`: for a decision.
 */
export type CallStatus = 'waiting' | 'approval' | 'running' | 'done' | 'failed' | 'denied';

/** A call of the current turn, and what has come of it. */
export interface CallActivity {
  /** The call. Its `id` is that of `approve(callId)`. */
  readonly call: IdentifiedToolCall;
  /** The `id` of the message that has the call. */
  readonly messageId: string;
  /** What happens to the call now, or how it ended. */
  readonly status: CallStatus;
  /** The latest value of a tool that emits several. */
  readonly progress?: unknown;
  /** What the tool returned, with the status `'done'`. */
  readonly result?: unknown;
  /** What the call failed with, with the status `'failed'`. */
  readonly error?: unknown;
  /** Why the call needs approval; with the status `'denied'`, why it was denied. */
  readonly reason?: string | undefined;
}

/** Everything that a screen shows of a conversation. The state, its lists and its messages are frozen. */
export interface ConversationState {
  /**
   * All messages in their order, without the system's. The answer that is streaming is the last one. An
   * answer of thinking alone is the last one until the next turn: it is shown, and not sent.
   */
  readonly messages: readonly ConversationMessage[];
  /**
   * `'waiting'` before the first chunk of an answer, and after tools before the next one; `'error'`
   * after a turn that failed.
   */
  readonly status: ConversationStatus;
  /** How the last turn ended, until the next one: `'stop'`, `'length'`, `'empty'`, `'stopped'` … */
  readonly ending?: ConversationEnding | undefined;
  /**
   * What the last turn failed with, until the next turn. Also what the store or a teardown failed with
   * while the turn went well.
   */
  readonly error?: unknown;
  /** The speed of the current answer, or of the last one. */
  readonly metrics?: Throughput | undefined;
  /** The calls of the turn in their order, until the next turn begins. */
  readonly activity?: readonly CallActivity[] | undefined;
  /** The messages that wait for their turn. */
  readonly queued?: readonly ConversationMessage[] | undefined;
}
