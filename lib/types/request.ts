import type { Tool, ToolCall } from './tool.js';

/** A JSON Schema, as Ollama takes it in `format` and in a tool's `parameters`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How a model is asked to think; `'max'` needs Ollama 0.22. */
export type Think = boolean | 'low' | 'medium' | 'high' | 'max';

/**
 * An image: bytes, base64, or a base64 `data:` URL. A string is never taken for the path of a file, and no
 * other URL is read.
 */
export type MessageImage = Uint8Array | ArrayBuffer | Blob | string;

/** A message of the conversation, as a request carries it. */
export interface Message {
  /** `'system'`, `'user'`, `'assistant'` or `'tool'`. */
  readonly role: string;
  /** The text, which may be empty. On a `tool` message: the result of the call. */
  readonly content: string;
  /** On an `assistant` message: what the model thought before the answer. Absent without thinking. */
  readonly thinking?: string;
  /** Bytes, base64, or base64 `data:` URLs. A string is never taken for the path of a file. */
  readonly images?: readonly MessageImage[];
  /** On an `assistant` message: the calls that it asks for. Absent without calls. */
  readonly tool_calls?: readonly ToolCall[];
  /** On a `tool` message: the name of the function whose result this is. */
  readonly tool_name?: string;
  /** On a `tool` message: the `id` of the call whose result this is. */
  readonly tool_call_id?: string;
}

/** What the assistant said: complete, or the message so far. Append it to `messages` as it is. */
export interface AssistantMessage extends Message {
  /** Always `'assistant'`. */
  readonly role: 'assistant';
}

/**
 * Parameters of the model, as the server's `api/types.go` has them. The server ignores what it does not
 * know. It refuses a value of a wrong type.
 */
export interface ModelOptions {
  /** The length of the context, in tokens. */
  readonly num_ctx?: number | undefined;
  /** How many tokens of the prompt stay when the context is shifted. */
  readonly num_keep?: number | undefined;
  /** The most tokens to generate; -1 sets no limit. */
  readonly num_predict?: number | undefined;
  /** Makes the same request give the same answer. */
  readonly seed?: number | undefined;
  /** How random the answer is; 0 always takes the most likely token. */
  readonly temperature?: number | undefined;
  /** How many of the most likely tokens are considered. */
  readonly top_k?: number | undefined;
  /** The share of probability that is considered. */
  readonly top_p?: number | undefined;
  /** The least probability that is considered, relative to the most likely token. */
  readonly min_p?: number | undefined;
  /** The share of typical probability that is considered. */
  readonly typical_p?: number | undefined;
  /** How many tokens back repetition is penalized; -1 is the whole context. */
  readonly repeat_last_n?: number | undefined;
  /** How strongly repetition is penalized. */
  readonly repeat_penalty?: number | undefined;
  /** How strongly a token is penalized that occurs already. */
  readonly presence_penalty?: number | undefined;
  /** How strongly a token is penalized for each time that it occurs. */
  readonly frequency_penalty?: number | undefined;
  /** Texts at which the answer ends. */
  readonly stop?: readonly string[] | undefined;
  /** How many tokens of the prompt are read at once. */
  readonly num_batch?: number | undefined;
  /** How many layers run on GPUs. */
  readonly num_gpu?: number | undefined;
  /** The GPU for small tensors. */
  readonly main_gpu?: number | undefined;
  /** How many threads are used. */
  readonly num_thread?: number | undefined;
  /** Whether the model is mapped into memory. */
  readonly use_mmap?: boolean | undefined;
}

/**
 * A request for `/api/chat`. Accepts whatever the `ollama` package's `ChatRequest` accepts, and what
 * the server has learned since. Keys unknown here reach the server as they are.
 */
export interface ChatRequest {
  /** The name of the model, such as `'qwen3'` or `'qwen3:4b'`. */
  readonly model: string;
  /** The conversation so far, the oldest message first. Without messages the server only loads the model. */
  readonly messages?: readonly Message[];
  /** `false` gives the whole answer as one chunk, through the same operators. @defaultValue `true` */
  readonly stream?: boolean;
  /** What the answer has to be: `'json'`, or a JSON Schema, as `toFormat` gives it. */
  readonly format?: string | object;
  /** Seconds (negative: forever), or a Go duration such as `'5m'`. */
  readonly keep_alive?: string | number;
  /** What the model may call, as it is on the wire. `runTools` takes tools of `defineTool` instead. */
  readonly tools?: readonly Tool[];
  /** Whether the model thinks first, or how hard. @defaultValue `true` if the model can */
  readonly think?: Think;
  /** Whether chunks have the probabilities of their tokens. @defaultValue `false` */
  readonly logprobs?: boolean;
  /** How many other likely tokens each place has too, 0 to 20. */
  readonly top_logprobs?: number;
  /** Parameters of the model, such as `temperature` and `num_ctx`. */
  readonly options?: ModelOptions;
  /** Whether to drop the oldest messages when the context is full. @defaultValue `true` */
  readonly truncate?: boolean;
  /** Whether to slide the context while generating. @defaultValue `true` */
  readonly shift?: boolean;
}

/**
 * A request for `/api/generate`. Accepts whatever the `ollama` package's `GenerateRequest` accepts, and
 * what the server has learned since. Keys unknown here reach the server as they are.
 */
export interface GenerateRequest extends Omit<ChatRequest, 'messages' | 'tools'> {
  /** The text to continue or to answer. Without it the server only loads the model. */
  readonly prompt?: string;
  /** What comes after the text that is asked for. */
  readonly suffix?: string;
  /** The system prompt, in place of the model's own. */
  readonly system?: string;
  /** The template of the prompt, in Go's syntax, in place of the model's own. */
  readonly template?: string;
  /** The `context` of an earlier final chunk: the model continues from there. */
  readonly context?: readonly number[];
  /** Whether the prompt goes to the model without a template. */
  readonly raw?: boolean;
  /** Bytes, base64, or base64 `data:` URLs. A string is never taken for the path of a file. */
  readonly images?: readonly MessageImage[];
}
