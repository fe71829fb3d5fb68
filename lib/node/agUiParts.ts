import type { OperatorFunction } from 'rxjs';
import { readCount } from '../core/message/statistics.js';
import type { Streamed } from '../tools/events.js';
import type { IdentifiedToolCall } from '../types/index.js';
import type { AgUiEvent, AgUiInterrupt, AgUiOutcome, AgUiUsage } from './agUiEvent.js';
import type { EncodeOptions } from './format.js';
import { createRunParts, type RunEnd, type RunPart } from './runParts.js';
import { toJson } from './toJson.js';
import { translate, type Translator } from './translate.js';

/** The ids of a run, as the client sent them. */
export interface AgUiOptions {
  /** The conversation that the run belongs to. */
  readonly threadId: string;
  /** The run. The ids of its messages begin with it. */
  readonly runId: string;
  /** The run that this one continues or branches from. */
  readonly parentRunId?: string | undefined;
}

/** What a client sends in `payload` of an answer to an interrupt. */
const DECISION = {
  type: 'object',
  properties: { approved: { type: 'boolean' }, reason: { type: 'string' } },
  required: ['approved'],
};

/** A source as events of AG-UI, each written by `write`. */
export function toAgUiParts<R>(
  { threadId, runId, parentRunId }: AgUiOptions,
  { toPublicError }: EncodeOptions,
  write: (event: AgUiEvent) => R,
): OperatorFunction<Streamed, R> {
  return translate(() => createTranslator(), write);

  function createTranslator(): Translator<Streamed, AgUiEvent> {
    const parts = createRunParts();
    const reasons = new Map<string, string>();
    let isStarted = false;
    /** The message of the model, to which the calls of its step belong. */
    let messageId = '';
    let messages = 0;
    let results = 0;
    let reasoningId: string | undefined;
    let isTextOpen = false;

    const start = (): readonly AgUiEvent[] => {
      if (isStarted) return [];
      isStarted = true;
      const parent = parentRunId !== undefined && { parentRunId };
      return [{ type: 'RUN_STARTED', threadId, runId, ...parent }];
    };
    const startMessage = (): void => {
      messageId = `${runId}-m${String(++messages)}`;
    };
    const endReasoning = (): readonly AgUiEvent[] => {
      if (reasoningId === undefined) return [];
      const id = { messageId: reasoningId };
      reasoningId = undefined;
      return [
        { type: 'REASONING_MESSAGE_END', ...id },
        { type: 'REASONING_END', ...id },
      ];
    };
    const endText = (): readonly AgUiEvent[] => {
      if (!isTextOpen) return [];
      isTextOpen = false;
      return [{ type: 'TEXT_MESSAGE_END', messageId }];
    };
    const close = (): readonly AgUiEvent[] => [...endReasoning(), ...endText()];

    const addThinking = (delta: string): readonly AgUiEvent[] => {
      const before: AgUiEvent[] = [];
      if (reasoningId === undefined) {
        reasoningId = `${runId}-r${String(++messages)}`;
        const id = { messageId: reasoningId };
        before.push(
          ...endText(),
          { type: 'REASONING_START', ...id },
          { type: 'REASONING_MESSAGE_START', ...id, role: 'reasoning' },
        );
      }
      return [...before, { type: 'REASONING_MESSAGE_CONTENT', messageId: reasoningId, delta }];
    };
    const addText = (delta: string): readonly AgUiEvent[] => {
      const before: AgUiEvent[] = [...endReasoning()];
      if (!isTextOpen) {
        isTextOpen = true;
        before.push({ type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' });
      }
      return [...before, { type: 'TEXT_MESSAGE_CONTENT', messageId, delta }];
    };
    const addCall = ({ id, function: called }: IdentifiedToolCall): readonly AgUiEvent[] => [
      ...close(),
      {
        type: 'TOOL_CALL_START',
        toolCallId: id,
        toolCallName: called.name,
        parentMessageId: messageId,
      },
      { type: 'TOOL_CALL_ARGS', toolCallId: id, delta: toJson(called.arguments) },
      { type: 'TOOL_CALL_END', toolCallId: id },
    ];
    const addResult = (call: IdentifiedToolCall, content: string): readonly AgUiEvent[] => [
      ...close(),
      {
        type: 'TOOL_CALL_RESULT',
        messageId: `${runId}-t${String(++results)}`,
        toolCallId: call.id,
        content,
        role: 'tool',
      },
    ];
    const toInterrupt = ({ id }: IdentifiedToolCall): AgUiInterrupt => {
      const message = reasons.get(id);
      return {
        id,
        reason: 'tool_call',
        toolCallId: id,
        ...(message !== undefined && { message }),
        responseSchema: DECISION,
      };
    };
    const toOutcome = ({ reason, pending }: RunEnd): AgUiOutcome => {
      if (reason === undefined) return { type: 'cancelled' };
      if (reason === 'approval') return { type: 'interrupt', interrupts: pending.map(toInterrupt) };
      const ids = pending.length && { pendingToolCallIds: pending.map(({ id }) => id) };
      return { type: 'success', ...ids };
    };

    const toEvents = (part: RunPart): readonly AgUiEvent[] => {
      switch (part.kind) {
        case 'step-start':
          startMessage();
          return [{ type: 'STEP_STARTED', stepName: toStepName(part.step) }];
        case 'thinking':
          return addThinking(part.delta);
        case 'text':
          return addText(part.delta);
        case 'reset': {
          const closed = close();
          const value = { messageId };
          startMessage();
          return [...closed, { type: 'CUSTOM', name: 'reset', value }];
        }
        case 'call':
          // The client knows the calls of an earlier run.
          return part.step ? addCall(part.call) : [];
        case 'approval':
          if (part.reason !== undefined) reasons.set(part.call.id, part.reason);
          return [];
        case 'progress': {
          const value = { toolCallId: part.call.id, value: part.value ?? null };
          return [{ type: 'CUSTOM', name: 'tool-progress', value }];
        }
        case 'result':
        case 'error':
        case 'denied':
          return addResult(part.call, part.text);
        case 'step-end':
          return [...close(), { type: 'STEP_FINISHED', stepName: toStepName(part.step) }];
        case 'end':
          return [
            ...close(),
            {
              type: 'RUN_FINISHED',
              threadId,
              runId,
              outcome: toOutcome(part),
              ...toUsage(part),
            },
          ];
      }
    };

    return {
      next: (value) => [...start(), ...parts.next(value).flatMap(toEvents)],
      complete: () => [...start(), ...parts.complete().flatMap(toEvents)],
      fail(error) {
        const { code, message } = toPublicError(error);
        const ended = [...start(), ...parts.fail().flatMap(toEvents), ...close()];
        return [...ended, { type: 'RUN_ERROR', message, code }];
      },
    };
  }
}

const toStepName = (step: number): string => `step ${String(step)}`;

function toUsage({ model, statistics }: RunEnd): { readonly usage?: readonly AgUiUsage[] } {
  const inputTokens = readCount(statistics.prompt_eval_count);
  const outputTokens = readCount(statistics.eval_count);
  if (inputTokens === undefined && outputTokens === undefined) return {};
  return {
    usage: [
      {
        provider: 'ollama',
        ...(model && { model }),
        ...(inputTokens !== undefined && { inputTokens }),
        ...(outputTokens !== undefined && { outputTokens }),
      },
    ],
  };
}
