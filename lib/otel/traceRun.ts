import { trace } from '@opentelemetry/api';
import { defer, tap, type MonoTypeOperatorFunction } from 'rxjs';
import type { ToolRunEvent } from '../tools/events.js';
import { inContext } from './inContext.js';
import { findParent } from './parent.js';
import type { ChatFields, TraceOptions } from './options.js';
import { readRequest } from './requestAttributes.js';
import { startRun } from './runTrace.js';
import { createTelemetry } from './telemetry.js';

/** Options of {@link traceRun}. */
export interface TraceRunOptions extends TraceOptions, ChatFields {
  /** Names the agent, in the name of the span too. @defaultValue none */
  readonly agentName?: string | undefined;
}

/**
 * Records a run of tools as a tree of spans: the run, and below it each chat with the model and each call of a
 * tool. Events pass through unchanged.
 *
 * _It's like `traceChat`, but for the events of `runTools`._
 *
 * ```none
 *  invoke_agent weather   [                        ]
 *  ├ chat qwen3           [    ]
 *  ├ execute_tool get      ...[      ]
 *  └ chat qwen3                       [            ]
 * ```
 *
 * - **A chat** is each request of the run, with what {@link traceChat} records.
 * - **A call** lasts from `tool-start` to its result. One that was not approved has `error.type` `denied`.
 * - **The run** has the reason of its end, and the sums of its tokens. Without `finish` it was cancelled.
 *
 * The events don't say what happens inside a tool. {@link traceTools} runs each tool inside its span, so that what
 * the tool requests is a child of it. Take both.
 *
 * The requests to Ollama are made inside the span of the run, not of the chat, of which they are part.
 *
 * - **Completes:** with the source.
 * - **Errors:** those of the source, unchanged.
 * - **Unsubscribes:** from the source, synchronously; then ends all spans.
 * - **Memory:** the spans of calls that are running; the last event.
 * - **Scheduler:** `scheduler`, or else `asyncScheduler`; as a clock, without a timer.
 *
 * ```ts
 * import { defineTool, runTools } from 'rxjs-ollama';
 * import { traceRun, traceTools } from 'rxjs-ollama/otel';
 *
 * const now = defineTool({
 *   name: 'now',
 *   description: 'Tells the time',
 *   parameters: { type: 'object' },
 *   execute: () => new Date().toISOString(),
 * });
 * const request = { model: 'qwen3', messages: [{ role: 'user', content: 'How late is it?' }] };
 * runTools(request, { tools: traceTools([now]) })
 *   .pipe(traceRun({ request, agentName: 'clock' }))
 *   .subscribe((event) => console.log(event.type));
 * ```
 *
 * @param options a name, the request, and what is recorded of it
 * @throws TypeError for an option that can't be used
 * @throws OllamaConnectionError for a `server` that is not an address
 * @see {@link traceChat}, {@link traceTools}
 */
export function traceRun(options: TraceRunOptions = {}): MonoTypeOperatorFunction<ToolRunEvent> {
  const { request, agentName, conversationId } = options;
  const attributes = readRequest(options);
  const connect = createTelemetry(options);

  return (source) =>
    defer(() => {
      const parent = findParent();
      const run = startRun(connect(), { request, attributes, agentName, conversationId, parent });
      const traced = source.pipe(
        tap({ next: run.add, error: run.fail, complete: run.end, unsubscribe: run.end }),
      );
      return inContext(traced, trace.setSpan(parent, run.span));
    });
}
