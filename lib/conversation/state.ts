import type { AssistantMessage, IdentifiedToolCall, Message } from '../types/index.js';
import type { Throughput } from '../core/throughput.js';
import type { FinishReason } from '../tools/events.js';

/** What a conversation is doing. */
export type ConversationStatus =
  'idle' | 'waiting' | 'thinking' | 'answering' | 'calling-tools' | 'error';

/** How a turn ended: the reason of its run of tools, or that it was stopped, or failed. */
export type ConversationEnding = FinishReason | 'stopped' | 'error';

/** Everything that a screen shows of a conversation. The state, its lists and its messages are frozen. */
export interface ConversationState {
  /** All messages that are complete, without the system's: what the next request carries. */
  readonly messages: readonly Message[];
  /**
   * The assistant's message that is being streamed. It stays after a turn that ended with thinking alone:
   * such a message is shown, and not sent.
   */
  readonly message?: AssistantMessage | undefined;
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
  /** The tool calls that have not ended: they run, or wait for approval or for a place. */
  readonly calls?: readonly IdentifiedToolCall[] | undefined;
  /** The messages that wait for their turn. */
  readonly queued?: readonly Message[] | undefined;
  /** The last answer was stopped. */
  readonly stopped?: true;
}

/** Makes a state that is frozen, and has no empty fields. Its lists become frozen too. */
export function freezeState(state: ConversationState): ConversationState {
  const { message, metrics, calls, queued, ending, ...rest } = state;
  return Object.freeze({
    ...rest,
    messages: freezeMessages(rest.messages),
    ...(message && { message: Object.freeze(message) }),
    ...(metrics && { metrics: Object.freeze(metrics) }),
    ...(calls?.length && { calls: Object.freeze(calls) }),
    ...(queued?.length && { queued: freezeMessages(queued) }),
    ...(ending && { ending }),
  });
}

/** Freezes a list of messages. New messages are at its end: before a frozen one, all are frozen. */
export function freezeMessages(messages: readonly Message[]): readonly Message[] {
  for (let at = messages.length - 1; at >= 0 && !Object.isFrozen(messages[at]); at--) {
    Object.freeze(messages[at]);
  }
  return Object.freeze(messages);
}
