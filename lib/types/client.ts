import type {
  ChatResponse,
  EmbedResponse as OfficialEmbedResponse,
  GenerateResponse,
  ProgressResponse,
} from 'ollama/browser';
import type { Observable, ObservableInput, SchedulerLike } from 'rxjs';
import type { ChatChunk, GenerateChunk, GenerateLine } from './chunk.js';
import type {
  CreateRequest,
  EmbedRequest,
  EmbedResponse,
  ProgressLine,
  PullRequest,
  PushRequest,
} from './models.js';
import type { ChatRequest, GenerateRequest } from './request.js';

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
