import { asyncScheduler, type Observable, type SchedulerLike } from 'rxjs';
import { backoff, type BackoffOptions } from '../backoff.js';
import { checkCount, checkDuration, checkScheduler } from '../time.js';
import type { Streamed } from '../tools/events.js';
import { describeKind } from '../transport/describeKind.js';
import { createEventStream } from '../transport/eventStream.js';
import { createEventTarget } from '../transport/eventTarget.js';
import { fromEvents } from '../transport/fromEvents.js';
import type { HeaderRecord } from '../transport/secrets.js';
import type { ChatChunk } from '../types/index.js';
import { readEventId, type OtherEvent } from '../wire/chatEvents.js';

/** Where the events of an answer are, or a response that has them. */
export type ChatEventsInput = string | URL | Request | Response;

/** Options of {@link fromChatEvents}. */
export interface FromChatEventsOptions {
  /** Makes the requests. @defaultValue the global `fetch` */
  readonly fetch?: typeof fetch | undefined;
  /** Sent with each request, and instead of headers of the same name in a `Request`. */
  readonly headers?: HeadersInit | undefined;
  /** The id of the last event that was read before, as `onId` gave it. The next one comes first. */
  readonly after?: string | undefined;
  /**
   * When the connection breaks: how many requests in a row may fail, and the waits before them, as
   * {@link backoff} makes them. `false` makes one request.
   * @defaultValue `{ count: 8 }`: about a minute
   */
  readonly reconnect?: EventReconnect | false | undefined;
  /**
   * After so many ms without a byte, the connection counts as broken. The heartbeats of the server are bytes:
   * use three times as long. Starts with the headers. @defaultValue `Infinity`
   */
  readonly idle?: number | undefined;
  /** Called with the id of each event, right before the event is emitted. */
  readonly onId?: ((id: string) => void) | undefined;
  /** Called with each event of another name, which the gateway has added. @defaultValue it is ignored */
  readonly onOther?: ((event: OtherEvent) => void) | undefined;
  /** Where the time of waits comes from. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
  /** The longest event that is accepted, in bytes. @defaultValue `67108864` (64 MiB) */
  readonly maxEventBytes?: number | undefined;
}

/** How {@link fromChatEvents} makes further requests. */
export interface EventReconnect {
  /** How many requests in a row may fail after the first one. @defaultValue `8` */
  readonly count?: number | undefined;
  /** The waits before them. @defaultValue those of `backoff()` */
  readonly delay?: BackoffOptions | undefined;
}

const RECONNECTS = 8;

/** The global one of the moment of the request: a test may replace it. */
const globalFetch: typeof fetch = (input, init) => globalThis.fetch(input, init);

/**
 * Reads back what `rxjs-ollama/node` serves: the chunks of a chat, or the events of a run of tools. It continues
 * where it was when the connection breaks.
 *
 * _It's like an `EventSource`, but cold, with POST and headers, with typed errors, and it never asks twice._
 *
 * ```none
 *  events:  --a--b--(de|)    a: 'Hel'  b: 'lo'  d: done  e: done
 *           fromChatEvents(url)  -: 10 ms
 *  result:  --a--b--(d|)
 * ```
 *
 * Cold: each subscription makes a request of its own. A `Response` can be read once. `Content-Type` decides
 * between server-sent events (`text/event-stream`) and lines of JSON (`application/x-ndjson`).
 *
 * **Ends.** A stream has exactly one terminal event. `done` and `stopped` complete; after `stopped` the answer has
 * no final chunk. `failed` is an error of the class of its `code`; the `type` of an {@link OllamaStreamError}
 * is a code of the gateway's own. An end without a terminal event is an {@link OllamaTruncatedError}. So are
 * `abandoned` (no client read the run for too long) and `gap` (the server has no longer what comes next).
 *
 * **Reconnects.** A GET is made again, with the id of the last event as `Last-Event-ID`:
 *
 * - when its connection breaks, or nothing came for `idle` ms;
 * - when the server shuts down (`closing`);
 * - after HTTP 429, 502, 503 and 504.
 *
 * A POST is sent once. Its answer may name a run by `x-run-id`, and the URL of its events by `Content-Location`, at
 * the same origin. Then that URL is read from there on. Without ids, as in NDJSON, an answer that has begun is
 * not continued.
 *
 * The ids of events have no holes. A missing or repeated event is an error, and never a hole in the text.
 *
 * HTTP 204 completes if nothing has been delivered, or the answer is complete: there is nothing to continue.
 * Events with other names are a gateway's own, such as a place in line. `onOther` gets them.
 *
 * - **Completes:** after `done` or `stopped`, when the response has ended.
 * - **Errors:** an {@link OllamaConnectionError}, {@link OllamaHttpError}, {@link OllamaStreamError},
 *   {@link OllamaProtocolError}, {@link OllamaTruncatedError}, {@link OllamaTimeoutError}, or what the gateway
 *   names, with the message so far as `partial` once a chunk has arrived. What `onId` or `onOther` throws, and
 *   the reason of the `signal` of a `Request` that aborts.
 * - **Unsubscribes:** cancels the request or the wait, synchronously. A gateway then stops the model, or keeps
 *   a run alive for a while.
 * - **Memory:** the message so far, for `partial`, and the event that is being read.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; one timer, during a wait or with `idle`.
 *
 * ```ts
 * import { answerText, fromChatEvents } from 'rxjs-ollama';
 *
 * const body = JSON.stringify({ question: 'Why is the sky blue?' });
 * const headers = { 'Content-Type': 'application/json' };
 * fromChatEvents(new Request('https://app.example/chat', { method: 'POST', headers, body }))
 *   .pipe(answerText())
 *   .subscribe((text) => console.log(text));
 * ```
 *
 * @typeParam T what the gateway sends: chunks, or `ToolRunEvent`s of a run
 * @param from a URL, which is read by GET; a `Request`; or a `Response` that has come
 * @throws RangeError if a number is not one of those that are allowed, or `after` is not an id
 * @throws TypeError if `from` is none of these, or `scheduler` is not a scheduler
 * @see {@link fromOllamaChat}, {@link runChunks}
 */
export function fromChatEvents<T extends Streamed = ChatChunk>(
  from: ChatEventsInput,
  options: FromChatEventsOptions = {},
): Observable<T> {
  const {
    fetch = globalFetch,
    headers = {},
    after,
    reconnect = {},
    idle = Infinity,
    onId,
    onOther,
    scheduler = asyncScheduler,
    maxEventBytes,
  } = options;
  checkInput(from);
  const { count = RECONNECTS, delay } = reconnect || { count: 0 };
  checkCount('reconnect.count', count, 0);
  checkDuration('idle', idle);
  checkCount('maxEventBytes', maxEventBytes);
  checkScheduler(scheduler);
  if (after !== undefined && !readEventId(after)) {
    throw new RangeError(`after is "${after}". Set it to an id that onId was called with.`);
  }
  const target = createEventTarget(from, { fetch, headers: toRecord(headers) });
  return fromEvents(target, () => createEventStream<T>({ after, onId, onOther }), {
    maxEventBytes,
    idle,
    count,
    delay: backoff(delay),
    scheduler,
  });
}

/** @throws TypeError for what can't be read */
function checkInput(from: unknown): void {
  if (typeof from === 'string' || from instanceof URL) return;
  const { url, status, body } = Object(from) as Record<string, unknown>;
  if (typeof url === 'string' || typeof status === 'number' || body) return;
  throw new TypeError(
    `The events are ${describeKind(from)}. Pass a URL, a Request or a Response that has them.`,
  );
}

/** The headers by their lower-case names. A `Headers` would throw an error with the value of a wrong one. */
function toRecord(headers: HeadersInit): HeaderRecord {
  const record = Symbol.iterator in headers ? Object.fromEntries<string>(headers) : headers;
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
