import { context, trace } from '@opentelemetry/api';
import { noop, tap } from 'rxjs';
import { checkTools } from '../tools/checkRunOptions.js';
import type { DefinedTool, ToolContext } from '../tools/defineTool.js';
import { fromReply, isPromise, isStream } from '../transport/fromReply.js';
import type { IdentifiedToolCall, Result } from '../types/index.js';
import { inContext } from './inContext.js';
import { findParent } from './parent.js';
import type { TraceOptions } from './options.js';
import { safely } from './safely.js';
import { createTelemetry, type Telemetry } from './telemetry.js';
import { findToolSpan, startTool, type ToolTrace } from './toolTrace.js';

/** Options of {@link traceTools}. */
export type TraceToolsOptions = TraceOptions;

/**
 * Runs each tool inside a span of OpenTelemetry, so that what the tool requests is a child of that span.
 *
 * _It's like the tools themselves, but each execution is a span._
 *
 * - **In a run with {@link traceRun}**, the span is the one that the run has for the call.
 * - **In a run without it**, each execution begins a span of its own, below the active one.
 *
 * A tool may return a value, a promise, an async iterable or an Observable, as before. A span ends with the last
 * value, with an error, or with `error.type` `cancelled` when the run ends first.
 *
 * Requests become children if an instrumentation of `fetch` or HTTP is registered, and a context manager, as the SDK
 * for Node does.
 *
 * ```ts
 * import { defineTool, runTools } from 'rxjs-ollama';
 * import { traceTools } from 'rxjs-ollama/otel';
 * import { z } from 'zod';
 *
 * const weather = defineTool({
 *   name: 'weather',
 *   description: 'Tells the weather in a city',
 *   parameters: z.object({ city: z.string() }),
 *   execute: async ({ city }, { signal }) => {
 *     const response = await fetch(`https://weather.example/${city}`, { signal });
 *     return response.text();
 *   },
 * });
 * runTools(
 *   { model: 'qwen3', messages: [{ role: 'user', content: 'How is the weather in Rome?' }] },
 *   { tools: traceTools([weather]) },
 * ).subscribe((event) => console.log(event.type));
 * ```
 *
 * @param tools those of `defineTool`; they stay as they are
 * @param options where the spans go, and what they have
 * @returns tools for `runTools`
 * @throws TypeError for what is not a list of tools, or an option that can't be used
 * @see {@link traceRun}, `defineTool`
 */
export function traceTools(
  tools: readonly DefinedTool[],
  options: TraceToolsOptions = {},
): DefinedTool[] {
  checkTools(tools);
  const connect = createTelemetry(options);
  return tools.map((tool) => ({
    tool: tool.tool,
    validate: (args) => tool.validate(args),
    needsApproval: (args, call) => tool.needsApproval(args, call),
    execute: (args, toolContext) => executeTraced(tool, args, toolContext, connect()),
  }));
}

function executeTraced(
  tool: DefinedTool,
  args: unknown,
  toolContext: ToolContext,
  telemetry: Telemetry,
): Result<unknown> {
  const { call, signal } = toolContext;
  const outer = findParent();
  const { description } = tool.tool.function;
  const traced = borrowTrace(call) ?? startTool(telemetry, call, { parent: outer, description });
  const inner = trace.setSpan(outer, traced.span);
  const cancel = (): void => {
    traced.stop('cancelled');
  };

  /** Ends the span when the result is there. What is returned stays what it was: a stream reports progress. */
  const follow = (returned: Result<unknown>): Result<unknown> => {
    if (isStream(returned)) {
      let last: unknown;
      const value$ = fromReply(returned).pipe(
        tap({
          next: (value) => (last = value),
          error: traced.fail,
          complete: () => {
            traced.complete(toText(last));
          },
          unsubscribe: cancel,
        }),
      );
      return inContext(value$, inner);
    }
    if (isPromise(returned)) {
      signal.addEventListener('abort', cancel);
      return returned.then(follow, (error: unknown) => {
        traced.fail(error);
        throw error;
      });
    }
    traced.complete(toText(returned));
    return returned;
  };

  try {
    return follow(context.with(inner, () => tool.execute(args, toolContext)));
  } catch (error) {
    traced.fail(error);
    throw error;
  }
}

/** The span of `traceRun`, which ends it. */
function borrowTrace(call: IdentifiedToolCall): ToolTrace | undefined {
  const span = findToolSpan(call);
  return span && { span, complete: noop, fail: noop, stop: noop };
}

function toText(result: unknown): string {
  return typeof result === 'string' ? result : (safely(() => JSON.stringify(result)) ?? '');
}
