import type { ToolCall } from './tool.js';

/** The probability of one token, and of those that might have stood in its place. */
export interface Logprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[];
  readonly top_logprobs?: readonly Logprob[];
}

/** The message of one chunk: deltas, to be appended to what came before. */
export interface ChunkMessage {
  readonly role: string;
  readonly content: string;
  readonly thinking?: string;
  readonly images?: readonly string[];
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_name?: string;
  readonly tool_call_id?: string;
}

interface ChunkEnvelope {
  readonly model: string;
  /** RFC 3339, with up to nine fraction digits. */
  readonly created_at: string;
  readonly message: ChunkMessage;
  readonly remote_model?: string;
  readonly remote_host?: string;
  readonly logprobs?: readonly Logprob[];
}

/** A chunk while the model is still at it. */
export interface ChatDeltaChunk extends ChunkEnvelope {
  readonly done: false;
}

/**
 * The figures of the final chunk. Each may be missing: the server leaves out zeros, and cloud models
 * send only a few. Durations are nanoseconds.
 */
export interface ChatStatistics {
  readonly total_duration?: number;
  readonly load_duration?: number;
  readonly prompt_eval_count?: number;
  readonly prompt_eval_duration?: number;
  readonly eval_count?: number;
  readonly eval_duration?: number;
}

/** The last chunk: why the model stopped, and what it took. */
export interface ChatFinalChunk extends ChunkEnvelope, ChatStatistics {
  readonly done: true;
  /** `'stop'`, `'length'`, `'load'`, `'unload'`, or nothing; there is none for tool calls. */
  readonly done_reason?: string;
}

/** One NDJSON line of `/api/chat`, as it is on the wire, told apart by `done`. */
export type ChatChunk = ChatDeltaChunk | ChatFinalChunk;

/** What a chunk is about. */
export type Phase = 'thinking' | 'answer' | 'tools' | 'done';

/** A chunk that is about one thing only, as `splitThinking` emits it. */
export type PhasedChunk<C extends ChatChunk = ChatChunk> = C & {
  readonly phase: Phase;
  /** The answer so far was thinking: its closing tag came without an opening one. */
  readonly reclassify?: true;
};

/** Marks that operators leave on a chunk for the operators after them. */
export interface ChunkMarks {
  readonly phase?: Phase;
  readonly reclassify?: true;
  /** The request was made again: whatever was accumulated starts over with this chunk. */
  readonly reset?: true;
  /** Beside `reset`: the whole run was requested again, so that its finished messages are void too. */
  readonly restart?: true;
  /** How many chunks of the wire are merged in this one; one when absent. */
  readonly merged?: number;
}

/** What `/api/generate` says, as a chat's chunk: all operators work on it. */
export type GenerateChunk = ChatChunk & {
  /** On the final chunk: the conversation so far, for the next request. */
  readonly context?: readonly number[];
};

/** One NDJSON line of `/api/generate`, as it is on the wire. */
export interface GenerateLine extends Omit<ChunkEnvelope, 'message'>, ChatStatistics {
  readonly response?: string;
  readonly thinking?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly done: boolean;
  readonly done_reason?: string;
  readonly context?: readonly number[];
}
