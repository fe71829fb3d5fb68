import { SpanKind, type Attributes, type Context, type Span } from '@opentelemetry/api';
import type { IdentifiedToolCall, Message } from '../types/index.js';
import { ATTRIBUTE, FUNCTION, OPERATION } from './conventions.js';
import { createEnding, withError, type Ending } from './ending.js';
import { safely } from './safely.js';
import { startStopwatch } from './stopwatch.js';
import type { Telemetry } from './telemetry.js';

/** The span and the metric of one call of a tool. */
export interface ToolTrace extends Omit<Ending, 'complete'> {
  readonly span: Span;
  /** @param text the result as the model reads it */
  readonly complete: (text: string) => void;
}

/** What is known of a call besides itself. */
export interface ToolStart {
  readonly parent: Context;
  readonly agentName?: string | undefined;
  readonly description?: string | undefined;
}

/**
 * The spans of calls. The run knows when a call starts and ends, and the tool itself is what has to run in the
 * context of the span: both find it by the call, which is the same object in all events and for the tool.
 */
const spans = new WeakMap<IdentifiedToolCall, Span>();

/** The span of a call that has one already. */
export function findToolSpan(call: IdentifiedToolCall): Span | undefined {
  return spans.get(call);
}

/** Starts the span of a call. */
export function startTool(
  telemetry: Telemetry,
  call: IdentifiedToolCall,
  { parent, agentName, description }: ToolStart,
): ToolTrace {
  const { capture, measure, scheduler } = telemetry;
  const { name } = call.function;
  const common: Attributes = {
    [ATTRIBUTE.toolName]: name,
    [ATTRIBUTE.toolType]: FUNCTION,
    ...(agentName !== undefined && { [ATTRIBUTE.agentName]: agentName }),
  };
  const stopwatch = startStopwatch(scheduler);
  const [asked] = capture?.([{ role: 'assistant', content: '', tool_calls: [call] }]) ?? [];
  const sent = asked?.tool_calls?.[0]?.function.arguments;
  const span = telemetry.startSpan(
    `${OPERATION.tool} ${name}`,
    SpanKind.INTERNAL,
    {
      ...common,
      [ATTRIBUTE.operation]: OPERATION.tool,
      [ATTRIBUTE.toolCallId]: call.id,
      [ATTRIBUTE.toolDescription]: description,
      [ATTRIBUTE.toolArguments]: sent && safely(() => JSON.stringify(sent)),
    },
    stopwatch,
    parent,
  );
  spans.set(call, span);

  let result: string | undefined;
  const ending = createEnding(span, parent, stopwatch, telemetry, (seconds, errorType) => {
    measure('toolDuration', seconds, withError(common, errorType));
    return { [ATTRIBUTE.toolResult]: result };
  });
  return {
    ...ending,
    span,
    complete(text) {
      const message: Message = {
        role: 'tool',
        content: text,
        tool_name: name,
        tool_call_id: call.id,
      };
      result = capture?.([message])?.[0]?.content;
      ending.complete();
    },
  };
}
