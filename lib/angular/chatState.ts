import type { ResourceStatus } from '@angular/core';
import { createCallReader } from '../core/message/toolCalls.js';
import type { Throughput } from '../core/throughput.js';
import type { AssistantMessage, IdentifiedToolCall } from '../types/index.js';
import type { ChatPhase } from './chatResourceRef.js';

/** What the signals of a resource are computed of. */
export interface ChatState {
  readonly status: ResourceStatus;
  readonly phase: ChatPhase;
  readonly message?: AssistantMessage | undefined;
  readonly toolCalls: readonly IdentifiedToolCall[];
  readonly throughput?: Throughput | undefined;
  readonly error?: Error | undefined;
  readonly isStreaming?: boolean;
}

/** There is no request. */
export const IDLE: ChatState = { status: 'idle', phase: 'idle', toolCalls: [] };

/** A request was sent that asks for something else. */
export const LOADING: ChatState = { ...IDLE, status: 'loading', phase: 'waiting' };

/** The same request was sent again. */
export const toReloading = ({ message, toolCalls, throughput }: ChatState): ChatState => ({
  ...{ status: 'reloading', phase: 'waiting', message, toolCalls, throughput },
});

export const toFailed = (state: ChatState, error: Error): ChatState => ({
  ...{ ...state, status: 'error', phase: 'error', error, isStreaming: false },
});

/** The answer has ended: by itself, or by `stop()`. */
export const toEnded = (state: ChatState, phase: 'done' | 'stopped'): ChatState => ({
  ...{ ...state, status: 'resolved', phase, isStreaming: false },
});

export const toStopped = (state: ChatState): ChatState =>
  state.message ? toEnded(state, 'stopped') : IDLE;

/** An answer that another process has received. */
export function toTransferred(message: AssistantMessage): ChatState {
  const toolCalls = createCallReader().add({ model: '', created_at: '', message, done: true });
  return { status: 'resolved', phase: 'done', message, toolCalls };
}
