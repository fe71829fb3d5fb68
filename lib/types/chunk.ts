import type { Message } from './request.js';
import type { ToolCall } from './tool.js';

/** The probability of one token, and those of its alternatives. */
export interface Logprob {
  /** The token as text. */
  readonly token: string;
  /** The natural logarithm of its probability: 0 or less. */
  readonly logprob: number;
  /** The token in UTF-8, as numbers from 0 to 255. Absent where the server sends none. */
  readonly bytes?: readonly number[];
  /** The most likely tokens of this place. Absent unless the request has `top_logprobs`. */
  readonly top_logprobs?: readonly Logprob[];
}

/** The message of one chunk: its texts are deltas, to append to those of the chunks before. */
export interface ChunkMessage {
  /** `'assistant'`. */
  readonly role: string;
  /** The next piece of the answer. Empty where the chunk has only thinking, calls or statistics. */
  readonly content: string;
  /** The next piece of thinking. Absent where there is none. */
  readonly thinking?: string;
  /** Images in base64. Absent where there are none: Ollama's chat answers have none so far. */
  readonly images?: readonly string[];
  /** Complete calls, never parts of one. Absent where there are none. */
  readonly tool_calls?: readonly ToolCall[];
  /** The name of a called function. Only `tool` messages have one, so that answers don't. */
  readonly tool_name?: string;
  /** The `id` of a call that is answered. Only `tool` messages have one, so that answers don't. */
  readonly tool_call_id?: string;
}

interface ChunkEnvelope {
  /** The name of the model that answers. */
  readonly model: string;
  /** RFC 3339, with up to nine fraction digits. */
  readonly created_at: string;
  /** What this chunk adds to the message. */
  readonly message: ChunkMessage;
  /** If the local model stands for one on another server: its name there. Otherwise absent. */
  readonly remote_model?: string;
  /** The address of that other server. Otherwise absent. */
  readonly remote_host?: string;
  /** The probabilities of the tokens of this chunk. Absent unless the request has `logprobs`. */
  readonly logprobs?: readonly Logprob[];
}

/** A chunk that is not the last one of its message. */
export interface ChatDeltaChunk extends ChunkEnvelope {
  /** More chunks of this message follow. */
  readonly done: false;
}

/**
 * What the server measured, on the final chunk. Each field may be missing: the server leaves out zeros,
 * and cloud models send only a few. Durations are in nanoseconds, by the server's clock.
 */
export interface ChatStatistics {
  /** From the request's arrival to the final chunk, in ns. */
  readonly total_duration?: number;
  /** Loading the model, in ns. */
  readonly load_duration?: number;
  /** The length of the prompt, in tokens. */
  readonly prompt_eval_count?: number;
  /** Reading the prompt, in ns. */
  readonly prompt_eval_duration?: number;
  /** The length of what was generated, in tokens. */
  readonly eval_count?: number;
  /** Generating it, in ns. llama.cpp measures from the first token on, and at least 1,000. */
  readonly eval_duration?: number;
}

/** The last chunk of a message: why the model stopped, and how long it took. */
export interface ChatFinalChunk extends ChunkEnvelope, ChatStatistics {
  /** This chunk completes the message. It may have text and calls too. */
  readonly done: true;
  /** `'stop'`, `'length'`, `'load'`, `'unload'`, or missing. There is no reason for tool calls. */
  readonly done_reason?: string;
}

/** One NDJSON line of `/api/chat`, as it is on the wire, discriminated by `done`. */
export type ChatChunk = ChatDeltaChunk | ChatFinalChunk;

/**
 * What operators accept: a {@link ChatChunk}, or a `ChatResponse` of the `ollama` package. In the types
 * of that package `done` does not discriminate, and `created_at` is a `Date`, though it is a string.
 */
export interface AnyChatChunk
  extends Omit<ChunkEnvelope, 'created_at' | 'message'>, ChatStatistics {
  /** RFC 3339, with up to nine fraction digits. */
  readonly created_at: string | Date;
  /** What this chunk adds to the message. */
  readonly message: Message;
  /** Whether this chunk completes the message. */
  readonly done: boolean;
  /** Why the model stopped, on the final chunk: `'stop'`, `'length'`, `'load'`, `'unload'`, or missing. */
  readonly done_reason?: string;
}

/** What a chunk is about. */
export type Phase = 'thinking' | 'answer' | 'tools' | 'done';

/** A chunk that is about one thing only, as `splitThinking` emits it. */
export type PhasedChunk<C extends AnyChatChunk = ChatChunk> = C & {
  /** What the chunk is about. */
  readonly phase: Phase;
  /** The answer so far was thinking: its closing tag came without an opening one. */
  readonly reclassify?: true;
};

/** Marks that an operator sets on a chunk for the operators after it. */
export interface ChunkMarks {
  /** What the chunk is about. Absent without `splitThinking`. */
  readonly phase?: Phase;
  /** The answer so far was thinking: its closing tag came without an opening one. */
  readonly reclassify?: true;
  /** The message was requested again: its earlier chunks are void, and it starts over with this one. */
  readonly reset?: true;
  /** Beside `reset`: the whole run was requested again, so that its finished messages are void too. */
  readonly restart?: true;
  /** How many chunks of the wire are merged in this one. @defaultValue `1` */
  readonly merged?: number;
}

/** A line of `/api/generate` as a chunk of a chat, so that all operators work on it. */
export type GenerateChunk = ChatChunk & {
  /** On the final chunk: the conversation so far as tokens, for the next request. */
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
