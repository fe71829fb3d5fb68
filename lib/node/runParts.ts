import { createBoundaryReader } from '../core/message/boundary.js';
import { createCallReader } from '../core/message/toolCalls.js';
import type { FinishReason, ToolRunEvent } from '../tools/events.js';
import type { ChatChunk, ChatStatistics, ChunkMarks, IdentifiedToolCall } from '../types/index.js';
import type { Streamed } from '../tools/events.js';
import { assertStreamed, isChunk } from './streamed.js';

/** What happens in a chat or a run, in the terms that protocols for front ends have in common. */
export type RunPart =
  /** From 1. What happens before the first step is about calls of an earlier run. */
  | { readonly kind: 'step-start'; readonly step: number }
  | { readonly kind: 'thinking' | 'text'; readonly delta: string }
  /** What came of this step so far is void. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'call'; readonly call: IdentifiedToolCall; readonly step: number }
  | {
      readonly kind: 'approval';
      readonly call: IdentifiedToolCall;
      readonly reason?: string | undefined;
    }
  | { readonly kind: 'progress'; readonly call: IdentifiedToolCall; readonly value: unknown }
  | {
      readonly kind: 'result';
      readonly call: IdentifiedToolCall;
      readonly result: unknown;
      readonly text: string;
    }
  | { readonly kind: 'error' | 'denied'; readonly call: IdentifiedToolCall; readonly text: string }
  | { readonly kind: 'step-end'; readonly step: number }
  | RunEnd;

/** How a source that completed has ended. */
export interface RunEnd {
  readonly kind: 'end';
  /** `undefined` if it was stopped: it completed without a final chunk, or without `finish`. */
  readonly reason: FinishReason | undefined;
  /** Calls that have no answer: they wait for a decision, or the client has to answer them. */
  readonly pending: readonly IdentifiedToolCall[];
  readonly model: string;
  readonly statistics: ChatStatistics;
}

const STOPPED = { reason: undefined, pending: [], statistics: {} };

/** Reads the values of one source in their order. */
export interface RunPartReader {
  next(value: Streamed): readonly RunPart[];
  complete(): readonly RunPart[];
  /** What ends a step that is still open, before an error is reported. */
  fail(): readonly RunPart[];
}

/** Starts to read a source: chunks of one message or of several, or the events of a run. */
export function createRunParts(): RunPartReader {
  const boundaryOf = createBoundaryReader();
  const calls = createCallReader();
  /** The step that is open; 0 if none is. */
  let open = 0;
  let last = 0;
  let model = '';
  /** Whether this step has nothing yet that a reset would make void. */
  let isBlank = true;
  /** The calls of this step, where they are for the client. */
  let pending: IdentifiedToolCall[] = [];
  let end: Omit<RunEnd, 'kind' | 'model'> = STOPPED;

  const startStep = (step: number): readonly RunPart[] => {
    if (open === step) return [];
    const before = endStep();
    open = last = step;
    isBlank = true;
    pending = [];
    return step ? [...before, { kind: 'step-start', step }] : before;
  };
  const endStep = (): readonly RunPart[] => {
    const step = open;
    open = 0;
    return step ? [{ kind: 'step-end', step }] : [];
  };

  /** The texts of a chunk. */
  const readChunk = (chunk: ChatChunk & ChunkMarks): readonly RunPart[] => {
    const { thinking, content } = chunk.message;
    const boundary = boundaryOf(chunk);
    model ||= chunk.model;
    const parts: RunPart[] = [];
    if (boundary === 'again' || boundary === 'restart') {
      if (!isBlank) parts.push({ kind: 'reset' });
      pending = [];
    }
    isBlank = false;
    if (thinking) parts.push({ kind: 'thinking', delta: thinking });
    if (content) parts.push({ kind: 'text', delta: content });
    return parts;
  };

  /** A chunk of a source without events: each message is a step, and its calls are for the client. */
  const readPlain = (chunk: ChatChunk & ChunkMarks): readonly RunPart[] => {
    const started = open ? [] : startStep(last + 1);
    const texts = readChunk(chunk);
    const called = calls.add(chunk);
    pending.push(...called);
    const parts = [
      ...started,
      ...texts,
      ...called.map((call): RunPart => ({ kind: 'call', call, step: open })),
    ];
    if (!chunk.done) {
      end = STOPPED;
      return parts;
    }
    end = { reason: chunk.done_reason || 'stop', pending, statistics: chunk };
    return [...parts, ...endStep()];
  };

  const readEvent = (event: ToolRunEvent): readonly RunPart[] => {
    switch (event.type) {
      case 'chunk':
        return readChunk(event.chunk);
      case 'tool-call':
        return [{ kind: 'call', call: event.call, step: event.step }];
      case 'tool-approval':
        return [{ kind: 'approval', call: event.call, reason: event.reason }];
      case 'tool-progress':
        return [{ kind: 'progress', call: event.call, value: event.value }];
      case 'tool-result':
        return [{ kind: 'result', call: event.call, result: event.result, text: event.text }];
      case 'tool-error':
        return [{ kind: 'error', call: event.call, text: event.text }];
      case 'tool-denied':
        return [{ kind: 'denied', call: event.call, text: event.text }];
      case 'step-finish':
        return endStep();
      case 'finish':
        end = { reason: event.reason, pending: event.pending ?? [], statistics: event.statistics };
        return [];
      case 'tool-start':
        return [];
    }
  };

  return {
    next(value) {
      assertStreamed(value);
      if (isChunk(value)) return readPlain(value);
      // A run ends after its last step, and opens no other one.
      const started = value.type === 'finish' ? [] : startStep(value.step);
      return [...started, ...readEvent(value)];
    },
    complete: () => [...endStep(), { kind: 'end', model, ...end }],
    fail: endStep,
  };
}
