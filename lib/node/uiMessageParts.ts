import type { OperatorFunction } from 'rxjs';
import type { FinishReason } from '../tools/events.js';
import type { Streamed } from '../tools/events.js';
import type { EncodeOptions } from './format.js';
import { createRunParts, type RunPart } from './runParts.js';
import { translate, type Translator } from './translate.js';
import type { UiFinishReason, UiMessageChunk } from './uiMessageChunk.js';

/** How a UI message stream is made. */
export interface UiMessagesOptions {
  /** The id of the message on the server. @defaultValue the client makes one */
  readonly messageId?: string | undefined;
  /** Whether the client gets what the model thinks. @defaultValue `true` */
  readonly thinking?: boolean | undefined;
  /**
   * Whether an answer that is requested again replaces its first attempt, by `reset-step`. Set it if all
   * clients have version 7 of `ai`: version 6 fails at an unknown chunk. Without it clients show both attempts.
   * @defaultValue `false`
   */
  readonly resetStep?: boolean | undefined;
}

/** Why a run ended, as the AI SDK has it. Other reasons than these are `'other'`. */
const REASONS: Readonly<Partial<Record<FinishReason, UiFinishReason>>> = {
  stop: 'stop',
  length: 'length',
  approval: 'tool-calls',
  'max-steps': 'tool-calls',
  'stop-when': 'tool-calls',
};

/** A source as chunks of a UI message, each written by `write`. */
export function toUiMessageParts<R>(
  { messageId, thinking = true, resetStep = false }: UiMessagesOptions,
  { toPublicError }: EncodeOptions,
  write: (chunk: UiMessageChunk) => R,
): OperatorFunction<Streamed, R> {
  return translate(() => createTranslator(), write);

  function createTranslator(): Translator<Streamed, UiMessageChunk> {
    const parts = createRunParts();
    let isStarted = false;
    let texts = 0;
    let open: { readonly kind: 'text' | 'reasoning'; readonly id: string } | undefined;

    const start = (): readonly UiMessageChunk[] => {
      if (isStarted) return [];
      isStarted = true;
      return [{ type: 'start', ...(messageId !== undefined && { messageId }) }];
    };
    const close = (): readonly UiMessageChunk[] => {
      if (!open) return [];
      const { kind, id } = open;
      open = undefined;
      return [{ type: `${kind}-end`, id }];
    };
    const addText = (kind: 'text' | 'reasoning', delta: string): readonly UiMessageChunk[] => {
      if (open?.kind === kind) return [{ type: `${kind}-delta`, id: open.id, delta }];
      const before = close();
      const id = String(++texts);
      open = { kind, id };
      return [...before, { type: `${kind}-start`, id }, { type: `${kind}-delta`, id, delta }];
    };

    const toChunks = (part: RunPart): readonly UiMessageChunk[] => {
      switch (part.kind) {
        case 'step-start':
          return [{ type: 'start-step' }];
        case 'thinking':
          return thinking ? addText('reasoning', part.delta) : [];
        case 'text':
          return addText('text', part.delta);
        case 'reset':
          return resetStep ? [...close(), { type: 'reset-step' }] : close();
        case 'call': {
          const { id, function: called } = part.call;
          const tool = { toolCallId: id, toolName: called.name, dynamic: true } as const;
          return [
            ...close(),
            // The client knows a call of an earlier run already, and would show its input as unknown.
            ...(part.step ? [{ type: 'tool-input-start', ...tool } as const] : []),
            { type: 'tool-input-available', ...tool, input: called.arguments },
          ];
        }
        case 'approval': {
          const { call, reason } = part;
          const ids = { approvalId: call.id, toolCallId: call.id };
          return [
            { type: 'tool-approval-request', ...ids, ...(reason !== undefined && { reason }) },
          ];
        }
        case 'progress':
          return [{ ...toOutput(part.call.id, part.value), preliminary: true }];
        case 'result':
          return [toOutput(part.call.id, part.result)];
        case 'error': {
          const { call, text: errorText } = part;
          return [{ type: 'tool-output-error', toolCallId: call.id, errorText, dynamic: true }];
        }
        case 'denied':
          return [{ type: 'tool-output-denied', toolCallId: part.call.id }];
        case 'step-end':
          return [...close(), { type: 'finish-step' }];
        case 'end': {
          const { reason, pending } = part;
          if (reason === undefined) return [{ type: 'abort' }];
          const finishReason = pending.length ? 'tool-calls' : (REASONS[reason] ?? 'other');
          return [{ type: 'finish', finishReason }];
        }
      }
    };

    return {
      next: (value) => [...start(), ...parts.next(value).flatMap(toChunks)],
      complete: () => [...start(), ...parts.complete().flatMap(toChunks)],
      fail: (error) => [
        ...start(),
        ...parts.fail().flatMap(toChunks),
        { type: 'error', errorText: toPublicError(error).message },
        { type: 'finish', finishReason: 'error' },
      ],
    };
  }
}

function toOutput(
  toolCallId: string,
  output: unknown,
): Extract<UiMessageChunk, { readonly type: 'tool-output-available' }> {
  // A tool may return nothing, which JSON would leave out.
  return { type: 'tool-output-available', toolCallId, output: output ?? null, dynamic: true };
}
