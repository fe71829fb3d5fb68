import type { AssistantMessage, IdentifiedToolCall, Message } from '../types/index.js';
import type { Throughput } from '../core/throughput.js';

/** What a conversation is doing. */
export type ConversationStatus =
  'idle' | 'waiting' | 'thinking' | 'answering' | 'calling-tools' | 'error';

/** All there is to show of a conversation. The state, its lists and its messages are frozen. */
export interface ConversationState {
  /** All messages that are complete, without the system's: what the next request will carry. */
  readonly messages: readonly Message[];
  /** The assistant's message that is being streamed. */
  readonly message?: AssistantMessage | undefined;
  /**
   * `'waiting'` before the first chunk of an answer, and after tools before the next one; `'error'`
   * after a turn that failed.
   */
  readonly status: ConversationStatus;
  /** What the last turn failed with, or the store while the turn went well; until the next turn. */
  readonly error?: unknown;
  /** How fast the current answer comes, or the last one came. */
  readonly metrics?: Throughput | undefined;
  /** The tool calls that are not through: they run, or wait for approval or for a place. */
  readonly calls?: readonly IdentifiedToolCall[] | undefined;
  /** The messages that wait for their turn. */
  readonly queued?: readonly Message[] | undefined;
  /** The last answer was stopped: as far as it came, it is the last of `messages`. */
  readonly stopped?: true;
}

/** Makes a state that nobody can change, without what is empty. Its lists become frozen. */
export function freezeState(state: ConversationState): ConversationState {
  const { message, metrics, calls, queued, ...rest } = state;
  return Object.freeze({
    ...rest,
    messages: freezeMessages(rest.messages),
    ...(message && { message: Object.freeze(message) }),
    ...(metrics && { metrics: Object.freeze(metrics) }),
    ...(calls?.length && { calls: Object.freeze(calls) }),
    ...(queued?.length && { queued: freezeMessages(queued) }),
  });
}

/** Messages are many and states are more: a list that is frozen has been dealt with. */
function freezeMessages(messages: readonly Message[]): readonly Message[] {
  if (!Object.isFrozen(messages)) messages.forEach((message) => Object.freeze(message));
  return Object.freeze(messages);
}
