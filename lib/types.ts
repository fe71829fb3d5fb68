import type {
  ChatResponse,
  EmbedResponse as OfficialEmbedResponse,
  GenerateResponse,
  Options,
  ProgressResponse,
} from 'ollama/browser';
import type { Observable, ObservableInput, SchedulerLike } from 'rxjs';

/** A JSON Schema, as Ollama takes it in `format` and in a tool's `parameters`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How a model is asked to think; `'max'` needs Ollama 0.22. */
export type Think = boolean | 'low' | 'medium' | 'high' | 'max';

/**
 * A call that the model wants made. It always arrives whole: `arguments` are never partial.
 *
 * Servers before 0.12.10 send no `id`, and those before 0.12.6 leave out `index` 0, so neither can
 * serve as a key.
 */
export interface ToolCall {
  readonly id?: string;
  readonly function: {
    readonly index?: number;
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  };
}

/** A call that has an `id`: the server's own, or its place in the message. */
export interface IdentifiedToolCall extends ToolCall {
  readonly id: string;
}

/** A function offered to the model; `parameters` may nest as deep as JSON Schema does. */
export interface Tool {
  readonly type: string;
  readonly function: {
    readonly name?: string;
    readonly description?: string;
    readonly type?: string;
    readonly parameters?: JsonSchema;
  };
}

/** A message of the conversation, as a request carries it. */
export interface Message {
  readonly role: string;
  readonly content: string;
  readonly thinking?: string;
  /** Bytes, or base64 without a `data:` prefix. A string is never taken for a file's path. */
  readonly images?: readonly Uint8Array[] | readonly string[];
  readonly tool_calls?: readonly ToolCall[];
  /** On a `tool` message: the name of the function whose result this is. */
  readonly tool_name?: string;
  /** On a `tool` message: the `id` of the call whose result this is. */
  readonly tool_call_id?: string;
}

/** What the assistant said: complete, or as far as it has come. Append it to `messages` as it is. */
export interface AssistantMessage extends Message {
  readonly role: 'assistant';
}

/**
 * A request for `/api/chat`. Accepts whatever the `ollama` package's `ChatRequest` accepts, and what
 * the server has learned since. Keys unknown here reach the server as they are.
 */
export interface ChatRequest {
  /** The name of the model, such as `'qwen3'` or `'qwen3:4b'`. */
  readonly model: string;
  readonly messages?: readonly Message[];
  /** `false` gives the whole answer as one chunk, through the same operators. @defaultValue `true` */
  readonly stream?: boolean;
  /** What the answer has to be: `'json'`, or a JSON Schema, as `toFormat` gives it. */
  readonly format?: string | object;
  /** Seconds (negative: forever), or a Go duration such as `'5m'`. */
  readonly keep_alive?: string | number;
  readonly tools?: readonly Tool[];
  /** Whether the model thinks first, or how hard. @defaultValue `true` if the model can */
  readonly think?: Think;
  /** Whether chunks tell how likely their tokens were. @defaultValue `false` */
  readonly logprobs?: boolean;
  /** How many likely tokens are told at each place besides, 0 to 20. */
  readonly top_logprobs?: number;
  /** Parameters of the model, such as `temperature` and `num_ctx`. */
  readonly options?: Partial<Options>;
  /** Whether to drop the oldest messages when the context is full. @defaultValue `true` */
  readonly truncate?: boolean;
  /** Whether to slide the context while generating. @defaultValue `true` */
  readonly shift?: boolean;
}

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
  /** How many chunks of the wire are merged in this one; one when absent. */
  readonly merged?: number;
}

/**
 * A request for `/api/generate`. Accepts whatever the `ollama` package's `GenerateRequest` accepts, and
 * what the server has learned since. Keys unknown here reach the server as they are.
 */
export interface GenerateRequest extends Omit<ChatRequest, 'messages' | 'tools'> {
  readonly prompt?: string;
  /** What comes after the text that is asked for. */
  readonly suffix?: string;
  readonly system?: string;
  readonly template?: string;
  /** The `context` of an earlier final chunk, to go on from there. */
  readonly context?: readonly number[];
  /** Whether the prompt goes to the model without a template. */
  readonly raw?: boolean;
  /** Bytes, or base64 without a `data:` prefix. A string is never taken for a file's path. */
  readonly images?: readonly Uint8Array[] | readonly string[];
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

/** A request for `/api/pull`. */
export interface PullRequest {
  readonly model: string;
  /** Whether a registry without a valid certificate will do. */
  readonly insecure?: boolean;
  /** `false` gives nothing but the end. @defaultValue `true` */
  readonly stream?: boolean;
}

/** A request for `/api/push`. */
export type PushRequest = PullRequest;

/** A request for `/api/create`. Keys unknown here reach the server as they are. */
export interface CreateRequest {
  readonly model: string;
  /** The model to start from. */
  readonly from?: string;
  /** `false` gives nothing but the end. @defaultValue `true` */
  readonly stream?: boolean;
  readonly quantize?: string;
  readonly template?: string;
  readonly license?: string | readonly string[];
  readonly system?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly messages?: readonly Message[];
  readonly adapters?: Readonly<Record<string, string>>;
  /** Names of files, and the digests of the blobs that hold them. */
  readonly files?: Readonly<Record<string, string>>;
}

/** One NDJSON line of `/api/pull`, `/api/push` or `/api/create`. Its numbers are those of its digest. */
export interface ProgressLine {
  readonly status: string;
  readonly digest?: string;
  readonly total?: number;
  /** The server leaves out a zero. */
  readonly completed?: number;
}

/** How far a model has come: pulled, pushed or created. */
export interface ModelProgress {
  /** What the server is doing, in its own words; `'success'` at the end. */
  readonly status: string;
  /** The layer that it is doing it to, if it says so. */
  readonly digest?: string;
  /** Bytes done, of all layers. */
  readonly completed: number;
  /** Bytes to do, of all layers that the server has told of: it grows when there is another. */
  readonly total: number;
  /** From 0 to 1, never less than before; 1 may come before the end, if more layers follow. */
  readonly ratio: number;
  /** How fast bytes have come in the last few seconds; only where bytes come, and not at once. */
  readonly bytesPerSecond?: number;
}

/** A request for `/api/embed`. Keys unknown here reach the server as they are. */
export interface EmbedRequest extends Pick<
  ChatRequest,
  'model' | 'keep_alive' | 'options' | 'truncate'
> {
  readonly input: string | readonly string[];
  /** The length of the vectors, where the model lets one choose. */
  readonly dimensions?: number;
}

/** A vector for each input, in their order. */
export interface EmbedResponse {
  readonly model: string;
  readonly embeddings: readonly (readonly number[])[];
  /** Nanoseconds; of all batches together. */
  readonly total_duration?: number;
  readonly load_duration?: number;
  readonly prompt_eval_count?: number;
}

/** What a client's method may answer: an `O` is what the official one does. */
type Reply<T, O> = ObservableInput<T> | PromiseLike<AsyncIterable<T | O> | O>;

/**
 * Any client whose `chat` answers with chunks: an `Ollama` instance, or one of your own. An
 * Observable is subscribed to directly, without a promise in between; what a promise resolves to is
 * iterated. If what it iterates has an `abort()`, unsubscribing calls it.
 *
 * The other methods are for the other sources, and answer in the same ways.
 */
export interface OllamaClient {
  chat(request: ChatRequest): Reply<ChatChunk, ChatResponse>;
  generate?(request: GenerateRequest): Reply<GenerateLine | GenerateChunk, GenerateResponse>;
  pull?(request: PullRequest): Reply<ProgressLine, ProgressResponse>;
  push?(request: PushRequest): Reply<ProgressLine, ProgressResponse>;
  create?(request: CreateRequest): Reply<ProgressLine, ProgressResponse>;
  embed?(request: EmbedRequest): Reply<EmbedResponse, OfficialEmbedResponse>;
}

/** Where and how a request is made. */
export interface OllamaOptions {
  /**
   * An `Ollama` instance, whose host, headers, proxy and fetch are used; or anything whose `chat`
   * returns an Observable, an async iterable or a promise of one. Overrides the other fields.
   */
  readonly client?: OllamaClient;
  /**
   * Where the server is.
   * @defaultValue `OLLAMA_HOST` where there is an environment, else `http://127.0.0.1:11434`
   */
  readonly host?: string;
  /** Sent with each request. */
  readonly headers?: HeadersInit;
  /** What makes the requests. @defaultValue the global `fetch` */
  readonly fetch?: typeof fetch;
  /** The longest line of a response that is accepted, in bytes. @defaultValue `67108864` (64 MiB) */
  readonly maxLineBytes?: number;
}

/** Where and how a request is made whose answer is progress. */
export interface ProgressOptions extends OllamaOptions {
  /** Whose clock `bytesPerSecond` goes by. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike;
}

/** Where and how texts are embedded. */
export interface EmbedOptions extends OllamaOptions {
  /** How many inputs go into one request at most. @defaultValue all */
  readonly batchSize?: number;
  /** How many requests are made at a time. @defaultValue `1` */
  readonly concurrency?: number;
}

/** What a callback may give back: a value, a promise of one, or several over time. */
export type Result<T> = T | PromiseLike<T> | AsyncIterable<T> | Observable<T>;
