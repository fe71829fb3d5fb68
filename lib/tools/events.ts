import type {
  AssistantMessage,
  ChatChunk,
  ChatStatistics,
  IdentifiedToolCall,
  Message,
} from '../types/index.js';

/** Why a run ended: at one of its limits, or for a reason of the model's, of which these are known. */
export type FinishReason =
  'max-steps' | 'stop-when' | 'stop' | 'length' | 'load' | (string & Record<never, never>);

interface StepEvent {
  /** The number of the request in the run, from 1. */
  readonly step: number;
}

interface CallEvent extends StepEvent {
  readonly call: IdentifiedToolCall;
}

/** A chunk of the model's answer, as it is on the wire. */
export interface ChunkEvent extends StepEvent {
  readonly type: 'chunk';
  readonly chunk: ChatChunk;
}

/** The model has called a tool; comes right after its chunk. */
export interface ToolCallEvent extends CallEvent {
  readonly type: 'tool-call';
}

/** The arguments are valid, the call is approved if it has to be, and the tool starts. */
export interface ToolStartEvent extends CallEvent {
  readonly type: 'tool-start';
}

/** A value from a tool that gives several; the last of them becomes the result. */
export interface ToolProgressEvent extends CallEvent {
  readonly type: 'tool-progress';
  readonly value: unknown;
}

/** The tool is through. */
export interface ToolResultEvent extends CallEvent {
  readonly type: 'tool-result';
  readonly result: unknown;
  /** What the model is told. */
  readonly text: string;
}

/** The call can't be made, or the tool has failed. The model is told. */
export interface ToolErrorEvent extends CallEvent {
  readonly type: 'tool-error';
  readonly error: unknown;
  /** What the model is told. */
  readonly text: string;
}

/** The call was not approved. The model is told. */
export interface ToolDeniedEvent extends CallEvent {
  readonly type: 'tool-denied';
  /** What the model is told. */
  readonly text: string;
}

/** The model's message is complete, and so are all of its calls. */
export interface StepFinishEvent extends StepEvent {
  readonly type: 'step-finish';
  /** Why the model stopped: `'stop'`, `'length'`, `'load'` … */
  readonly reason: string;
  readonly message: AssistantMessage;
  /** One `tool` message for each call, in the order of the calls. */
  readonly results: readonly Message[];
  readonly statistics: ChatStatistics;
}

/** The run is through; always the last event. */
export interface FinishEvent extends StepEvent {
  readonly type: 'finish';
  /** The model's own reason (`'stop'`, `'length'`, `'load'` …), or the limit at which the run ended. */
  readonly reason: FinishReason;
  /** All messages: those of the request and what has come to them, ready to be stored. */
  readonly messages: readonly Message[];
  /** Summed over the steps; durations are nanoseconds. */
  readonly statistics: ChatStatistics;
}

/** What happens in a run of tools. */
export type ToolRunEvent =
  | ChunkEvent
  | ToolCallEvent
  | ToolStartEvent
  | ToolProgressEvent
  | ToolResultEvent
  | ToolErrorEvent
  | ToolDeniedEvent
  | StepFinishEvent
  | FinishEvent;
