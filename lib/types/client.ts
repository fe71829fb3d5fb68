import type { Observable, ObservableInput, SchedulerLike } from 'rxjs';
import type { AnyChatChunk, ChatChunk, GenerateChunk, GenerateLine } from './chunk.js';
import type {
  CreateRequest,
  EmbedRequest,
  EmbedResponse,
  ProgressLine,
  PullRequest,
  PushRequest,
} from './models.js';
import type { ChatRequest, GenerateRequest } from './request.js';

/** The official client types `created_at` as a `Date`, though it is a string. */
type AnyGenerateLine = Omit<GenerateLine, 'created_at'> & { readonly created_at: string | Date };

/** What a client's method may answer: `O` is what the official client's promise resolves to. */
type Reply<T, O = T> =
  ObservableInput<T> | PromiseLike<Observable<T> | AsyncIterable<T | O> | T | O>;

/**
 * Any client whose `chat` answers with chunks: an `Ollama` instance, or one of your own. An
 * Observable is subscribed to directly, without a promise in between. What a promise resolves to is
 * subscribed to, iterated, or the one chunk.
 *
 * Unsubscribing unsubscribes from an Observable, cancels a web stream, and calls the iterator's
 * `return()` of an async iterable. Before that, it calls the `abort()` that the iterable has, or the
 * `destroy()` of a stream of Node.
 *
 * The other methods are for the other sources, and answer in the same ways.
 */
export interface OllamaClient {
  /** Answers with the chunks of a chat: for `fromOllamaChat`, and all that is built on it. */
  chat(request: ChatRequest): Reply<ChatChunk, AnyChatChunk>;
  /** Answers with lines of `/api/generate`, or with chunks: for `fromOllamaGenerate`. */
  generate?(request: GenerateRequest): Reply<GenerateLine | GenerateChunk, AnyGenerateLine>;
  /** Answers with lines of `/api/pull`: for `fromOllamaPull`. */
  pull?(request: PullRequest): Reply<ProgressLine>;
  /** Answers with lines of `/api/push`: for `fromOllamaPush`. */
  push?(request: PushRequest): Reply<ProgressLine>;
  /** Answers with lines of `/api/create`: for `fromOllamaCreate`. */
  create?(request: CreateRequest): Reply<ProgressLine>;
  /** Answers with vectors: for `fromOllamaEmbed`, which may call it once per batch. */
  embed?(request: EmbedRequest): Reply<EmbedResponse>;
}

/** Where and how a request is made. */
export interface OllamaOptions {
  /**
   * An `Ollama` instance, whose host, headers, proxy and fetch are used; or anything whose `chat`
   * returns an Observable, an async iterable or a promise of one. Overrides the other fields.
   */
  readonly client?: OllamaClient | undefined;
  /**
   * The address of the server. User information in it becomes a Basic header. In a web page, an empty text
   * or a path such as `'/ollama'` means the origin of the page.
   * @defaultValue `OLLAMA_HOST` where there is an environment, else `http://127.0.0.1:11434`
   */
  readonly host?: string | undefined;
  /** Sent with each request. */
  readonly headers?: HeadersInit | undefined;
  /**
   * Makes the requests. The `body` of its responses may be a web stream, a stream of Node, or any async
   * iterable of bytes or text. Without a `body`, all of `text()` or `arrayBuffer()` is read when it has
   * come: pass `stream: false` then, because chunks can't stream. @defaultValue the global `fetch`
   */
  readonly fetch?: typeof fetch | undefined;
  /** The longest line of a response that is accepted, in bytes. @defaultValue `67108864` (64 MiB) */
  readonly maxLineBytes?: number | undefined;
}

/** Where and how a request is made whose answer is progress. */
export interface ProgressOptions extends OllamaOptions {
  /** The clock that `bytesPerSecond` is measured by. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** Where and how texts are embedded. */
export interface EmbedOptions extends OllamaOptions {
  /** The most inputs that one request has. @defaultValue `Infinity` */
  readonly batchSize?: number | undefined;
  /** The most requests at a time; `Infinity` makes all at once. @defaultValue `1` */
  readonly concurrency?: number | undefined;
}

/** What a callback may return: a value, a promise of one, or several over time. */
export type Result<T> = T | PromiseLike<T> | AsyncIterable<T> | Observable<T>;
