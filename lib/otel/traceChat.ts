import { trace } from '@opentelemetry/api';
import { defer, tap, type MonoTypeOperatorFunction } from 'rxjs';
import { checkRequest } from '../transport/officialClient.js';
import type { AnyChatChunk, ChatRequest, ChunkMarks } from '../types/index.js';
import { startChat } from './chatTrace.js';
import { inContext } from './inContext.js';
import { findParent } from './parent.js';
import type { ChatFields, TraceOptions } from './options.js';
import { readRequest } from './requestAttributes.js';
import { startStopwatch } from './stopwatch.js';
import { createTelemetry } from './telemetry.js';

/** Options of {@link traceChat}. */
export interface TraceChatOptions extends TraceOptions, Omit<ChatFields, 'request'> {
  /** The request that is made: its model and options become attributes. */
  readonly request: ChatRequest;
}

/**
 * Records a chat as a span of OpenTelemetry, and measures it. Chunks pass through unchanged.
 *
 * _It's like `tap`, but it also sees a subscriber that unsubscribes, and makes a span of what it sees._
 *
 * ```none
 *  source:  ----a--b--(d|)    a: 'Hel'  b: 'lo'  d: done
 *           traceChat({ request })
 *  result:  ----a--b--(d|)
 *  span:    [ chat qwen3  ]    from subscribing to the end
 * ```
 *
 * A span begins at each subscription. How the chat ends is how the span ends:
 *
 * | the chat                          | `error.type`             | status  |
 * | --------------------------------- | ------------------------ | ------- |
 * | is complete                       |                          | unset   |
 * | was unsubscribed from             | `cancelled`              | unset   |
 * | failed with an HTTP status        | the status, such as `503` | `ERROR` |
 * | failed with another error of ours | its `code`               | `ERROR` |
 * | failed with any other error       | its name                 | `ERROR` |
 *
 * Once the final chunk is there, the chat is complete, also if the subscriber unsubscribes.
 *
 * Place it by what one span is for:
 *
 * - before `retryChat`: each attempt has a span; after it: one span, with `ollama.attempts` if the answer was
 *   begun several times;
 * - before `shareChat`: all subscribers have one span; after it: each has its own;
 * - on each source of `raceChat`: those that lose are cancelled.
 *
 * The span's parent is the active span at the time of subscribing. The request is made inside the span, so that
 * an instrumentation of `fetch` or HTTP makes its span a child.
 *
 * The names are those of the conventions for generative AI. Metrics have the names of version 1.41, or the latest ones
 * if the environment has `OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental`.
 *
 * No text of the prompt, the answer or an error is recorded, unless `captureContent` is set.
 *
 * - **Completes:** with the source.
 * - **Errors:** those of the source, unchanged; a `TypeError` if the first value is not a
 *   chunk. What a tracer, a meter or
 *   `captureContent` throws goes to the log of OpenTelemetry.
 * - **Unsubscribes:** from the source, synchronously; then ends the span.
 * - **Memory:** the final chunk; with `captureContent`, the message.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; as a clock, without a timer.
 *
 * ```ts
 * import { answerText, fromOllamaChat } from 'rxjs-ollama';
 * import { traceChat } from 'rxjs-ollama/otel';
 *
 * const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };
 * fromOllamaChat(request)
 *   .pipe(traceChat({ request }), answerText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @param options the request, and what is recorded of it
 * @throws TypeError for an option that can't be used
 * @throws OllamaConnectionError for a `server` that is not an address
 * @see {@link traceRun}, {@link traceTools}
 */
export function traceChat<C extends AnyChatChunk & ChunkMarks>(
  options: TraceChatOptions,
): MonoTypeOperatorFunction<C> {
  checkRequest((options as Partial<TraceChatOptions> | undefined)?.request);
  const { request } = options;
  const attributes = readRequest(options);
  const connect = createTelemetry(options);

  return (source) =>
    defer(() => {
      const telemetry = connect();
      const parent = findParent();
      const stopwatch = startStopwatch(telemetry.scheduler);
      const prompt = request.messages;
      const chat = startChat(telemetry, { request, prompt, attributes, parent, stopwatch });
      const traced = source.pipe(
        tap<C>({ next: chat.add, error: chat.fail, complete: chat.end, unsubscribe: chat.end }),
      );
      return inContext(traced, trace.setSpan(parent, chat.span));
    });
}
