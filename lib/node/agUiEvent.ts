/** A call that waits for a decision. Its `id` is that of the call. */
export interface AgUiInterrupt {
  /** Names the interrupt: a decision refers to it. */
  readonly id: string;
  /** `'tool_call'`. */
  readonly reason: string;
  /** Why the call needs approval, if `needsApproval` gives a reason. */
  readonly message?: string;
  /** The `id` of the call. */
  readonly toolCallId: string;
  /** A JSON Schema of the decision. */
  readonly responseSchema: Readonly<Record<string, unknown>>;
}

/** How many tokens a run took. */
export interface AgUiUsage {
  /** `'ollama'`. */
  readonly provider: 'ollama';
  /** The name of the model. Absent where no chunk has it. */
  readonly model?: string;
  /** The length of the prompts, in tokens. Absent where the server sends none. */
  readonly inputTokens?: number;
  /** The length of what was generated, in tokens. Absent where the server sends none. */
  readonly outputTokens?: number;
}

/** How a run ended that did not fail. */
export type AgUiOutcome =
  | {
      /** The run has its answer. */
      readonly type: 'success';
      /** The calls that wait for the client. Absent where none does. */
      readonly pendingToolCallIds?: readonly string[];
    }
  | {
      /** Calls wait for a decision. */
      readonly type: 'interrupt';
      /** One per call. */
      readonly interrupts: readonly AgUiInterrupt[];
    }
  | {
      /** The source has completed without a final chunk: it was stopped. */
      readonly type: 'cancelled';
    };

/** One event of AG-UI 1.0: those of its events that this library sends. */
export type AgUiEvent =
  | {
      readonly type: 'RUN_STARTED';
      readonly threadId: string;
      readonly runId: string;
      readonly parentRunId?: string;
    }
  | { readonly type: 'STEP_STARTED' | 'STEP_FINISHED'; readonly stepName: string }
  | {
      readonly type: 'REASONING_START' | 'REASONING_MESSAGE_END' | 'REASONING_END';
      readonly messageId: string;
    }
  | {
      readonly type: 'REASONING_MESSAGE_START';
      readonly messageId: string;
      readonly role: 'reasoning';
    }
  | {
      readonly type: 'REASONING_MESSAGE_CONTENT' | 'TEXT_MESSAGE_CONTENT';
      readonly messageId: string;
      readonly delta: string;
    }
  | {
      readonly type: 'TEXT_MESSAGE_START';
      readonly messageId: string;
      readonly role: 'assistant';
    }
  | { readonly type: 'TEXT_MESSAGE_END'; readonly messageId: string }
  | {
      readonly type: 'TOOL_CALL_START';
      readonly toolCallId: string;
      readonly toolCallName: string;
      readonly parentMessageId: string;
    }
  | {
      readonly type: 'TOOL_CALL_ARGS';
      readonly toolCallId: string;
      /** The whole arguments as JSON. */
      readonly delta: string;
    }
  | { readonly type: 'TOOL_CALL_END'; readonly toolCallId: string }
  | {
      readonly type: 'TOOL_CALL_RESULT';
      readonly messageId: string;
      readonly toolCallId: string;
      readonly content: string;
      readonly role: 'tool';
    }
  | {
      /** Progress of a tool, or that the texts of a message are void. */
      readonly type: 'CUSTOM';
      readonly name: 'tool-progress' | 'reset';
      readonly value: unknown;
    }
  | {
      readonly type: 'RUN_FINISHED';
      readonly threadId: string;
      readonly runId: string;
      readonly outcome: AgUiOutcome;
      readonly usage?: readonly AgUiUsage[];
    }
  | { readonly type: 'RUN_ERROR'; readonly message: string; readonly code: string };
