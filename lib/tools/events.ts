import type {
  AssistantMessage,
  ChatChunk,
  ChatStatistics,
  IdentifiedToolCall,
  Message,
} from '../types/index.js';

/**
 * Why a run ended: at a limit (`'max-steps'`, `'stop-when'`), because a call waits for a decision
 * (`'approval'`), or with the model's last answer. That is `'empty'` if it has no text, `'thinking-only'`
 * if it has thinking but no text, and otherwise the reason of the server: `'stop'`, `'length'`, `'load'` …
 */
export type FinishReason =
  | 'max-steps'
  | 'stop-when'
  | 'approval'
  | 'empty'
  | 'thinking-only'
  | 'stop'
  | 'length'
  | 'load'
  | (string & Record<never, never>);

interface StepEvent {
  /** The number of the request in the run, from 1. Calls of an earlier run belong to step 0. */
  readonly step: number;
}

interface CallEvent extends StepEvent {
  /** The call: the same object in all its events. */
  readonly call: IdentifiedToolCall;
}

/** A chunk of the model's answer, as it is on the wire. */
export interface ChunkEvent extends StepEvent {
  /** The name of the event. */
  readonly type: 'chunk';
  /** The chunk, with its text, calls and statistics. */
  readonly chunk: ChatChunk;
}

/** The model has called a tool. Follows the chunk that has the call. */
export interface ToolCallEvent extends CallEvent {
  /** The name of the event. */
  readonly type: 'tool-call';
}

/** The arguments are valid, and `approve` is asked next. */
export interface ToolApprovalEvent extends CallEvent {
  /** The name of the event. */
  readonly type: 'tool-approval';
  /** Why the call needs approval, if `needsApproval` gives a reason. */
  readonly reason?: string;
}

/** The arguments are valid, the call is approved if it has to be, and the tool starts. */
export interface ToolStartEvent extends CallEvent {
  /** The name of the event. */
  readonly type: 'tool-start';
}

/** A value of a tool that emits several. The last one becomes the result. */
export interface ToolProgressEvent extends CallEvent {
  /** The name of the event. */
  readonly type: 'tool-progress';
  /** What the tool emitted, as it is. */
  readonly value: unknown;
}

/** The tool has completed. */
export interface ToolResultEvent extends CallEvent {
  /** The name of the event. */
  readonly type: 'tool-result';
  /** What the tool returned, or the last value that it emitted; `undefined` if it emitted none. */
  readonly result: unknown;
  /** The result as it is sent to the model. */
  readonly text: string;
  /** `result` is the value of the last `tool-progress`: a screen has shown it already. */
  readonly fromProgress?: true;
}

/** The call can't be made, or the tool has failed. The text is sent to the model. */
export interface ToolErrorEvent extends CallEvent {
  /** The name of the event. */
  readonly type: 'tool-error';
  /**
   * What the call failed with: what the tool threw, or the error of an unknown tool, of invalid arguments or
   * of `toolTimeout`.
   */
  readonly error: unknown;
  /** The error as it is sent to the model. */
  readonly text: string;
}

/** The call was not approved. The text is sent to the model. */
export interface ToolDeniedEvent extends CallEvent {
  /** The name of the event. */
  readonly type: 'tool-denied';
  /** The denial as it is sent to the model. */
  readonly text: string;
}

/** The model's message is complete, and so are its calls. */
export interface StepFinishEvent extends StepEvent {
  /** The name of the event. */
  readonly type: 'step-finish';
  /** Why the model stopped: `'stop'`, `'length'`, `'load'` … */
  readonly reason: string;
  /** The model's message as the next request carries it. */
  readonly message: AssistantMessage;
  /** One `tool` message for each call that was not suspended, in the order of the calls. */
  readonly results: readonly Message[];
  /** The calls that were suspended: they wait for a decision. */
  readonly pending?: readonly IdentifiedToolCall[];
  /** What the server measured in this step. Durations are nanoseconds. */
  readonly statistics: ChatStatistics;
}

/** The end of the run: always the last event. */
export interface FinishEvent extends StepEvent {
  /** The name of the event. */
  readonly type: 'finish';
  /** Why the run ended. */
  readonly reason: FinishReason;
  /** The messages of the request and those of the run, ready to be stored. An empty answer is not among them. */
  readonly messages: readonly Message[];
  /** With the reason `'approval'`: the calls that wait for a decision. */
  readonly pending?: readonly IdentifiedToolCall[];
  /** Summed over the steps. Durations are nanoseconds. */
  readonly statistics: ChatStatistics;
}

/** What happens in a run of tools. */
export type ToolRunEvent =
  | ChunkEvent
  | ToolCallEvent
  | ToolApprovalEvent
  | ToolStartEvent
  | ToolProgressEvent
  | ToolResultEvent
  | ToolErrorEvent
  | ToolDeniedEvent
  | StepFinishEvent
  | FinishEvent;

/** What a gateway sends to a client: the chunks of a chat, or the events of a run of tools. */
export type Streamed = ChatChunk | ToolRunEvent;
