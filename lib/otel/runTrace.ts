import { SpanKind, trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { noop } from 'rxjs';
import { readCount } from '../core/message/statistics.js';
import { isOllamaError } from '../errors.js';
import type { FinishEvent, ToolRunEvent } from '../tools/events.js';
import type { ChatChunk, ChatRequest, ChunkMarks, IdentifiedToolCall } from '../types/index.js';
import { startChat, type ChatTrace } from './chatTrace.js';
import { writeMessages } from './content.js';
import { ATTRIBUTE, FINISH_ERROR, OPERATION } from './conventions.js';
import { createEnding, withError } from './ending.js';
import type { RequestAttributes } from './requestAttributes.js';
import { safely } from './safely.js';
import { startStopwatch, type Stopwatch } from './stopwatch.js';
import type { Telemetry } from './telemetry.js';
import { findToolSpan, startTool, type ToolTrace } from './toolTrace.js';

/** The spans and metrics of one run of tools, of its chats and of its calls. */
export interface RunTrace {
  readonly span: Span;
  readonly add: (event: ToolRunEvent) => void;
  readonly fail: (error: unknown) => void;
  /** The stream has completed, or the subscriber has unsubscribed: without `finish` the run was cancelled. */
  readonly end: () => void;
}

/** What a run has besides its events. */
export interface RunStart {
  readonly request?: ChatRequest | undefined;
  readonly attributes: RequestAttributes;
  readonly agentName?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly parent: Context;
}

/** Starts the span of a run. */
export function startRun(telemetry: Telemetry, start: RunStart): RunTrace {
  const { request, attributes, agentName, conversationId, parent } = start;
  const { capture, measure, scheduler } = telemetry;
  const stopwatch = startStopwatch(scheduler);
  const sent = capture && request?.messages && capture(request.messages);
  const common: Attributes = {
    ...(agentName !== undefined && { [ATTRIBUTE.agentName]: agentName }),
    ...(request && { [ATTRIBUTE.model]: request.model }),
  };
  const span = telemetry.startSpan(
    agentName === undefined ? OPERATION.run : `${OPERATION.run} ${agentName}`,
    SpanKind.INTERNAL,
    {
      ...common,
      [ATTRIBUTE.operation]: OPERATION.run,
      [ATTRIBUTE.conversation]: conversationId,
      [ATTRIBUTE.inputMessages]: sent && safely(() => writeMessages(sent)),
    },
    stopwatch,
    parent,
  );
  const inside = trace.setSpan(parent, span);

  const tools = new Map<IdentifiedToolCall, ToolTrace>();
  let chat: ChatTrace | undefined;
  /** Runs since a request of which nothing has come. The events don't tell of the request itself. */
  let asked: Stopwatch | undefined = stopwatch;
  let chats = 0;
  let calls = 0;
  let finish: FinishEvent | undefined;

  const openChat = (since = startStopwatch(scheduler)): ChatTrace => {
    chats++;
    asked = undefined;
    return startChat(telemetry, { request, attributes, parent: inside, stopwatch: since });
  };
  /** The chat that is running. A request of which nothing has come is one, unless calls are still running. */
  const findChat = (): ChatTrace | undefined =>
    chat ?? (asked && !tools.size ? openChat(asked) : undefined);

  const endCall = (call: IdentifiedToolCall, end: (traced: ToolTrace) => void): void => {
    const traced = tools.get(call);
    tools.delete(call);
    if (traced) end(traced);
  };
  const cancelTools = (): void => {
    for (const traced of tools.values()) traced.stop('cancelled');
    tools.clear();
  };
  const addChunk = (chunk: ChatChunk & ChunkMarks): void => {
    if (chunk.reset) cancelTools();
    chat ??= openChat(asked);
    chat.add(chunk);
    if (!chunk.done) return;
    chat.end();
    chat = undefined;
  };
  const startCall = (call: IdentifiedToolCall, to = telemetry): void => {
    // Another operator may trace the same run.
    if (findToolSpan(call)) return;
    calls++;
    tools.set(call, startTool(to, call, { parent: inside, agentName }));
  };
  /** A call that never started took no time, and its name may be one that the model has made up. */
  const startUnmeasured = (call: IdentifiedToolCall): void => {
    startCall(call, { ...telemetry, measure: noop });
  };

  const ending = createEnding(span, parent, stopwatch, telemetry, (seconds, errorType) => {
    measure('runDuration', seconds, withError(common, errorType));
    measure('runChats', chats, common);
    measure('runTools', calls, common);
    const last = finish?.messages.at(-1);
    const answer = last?.role === 'assistant' ? capture?.([last]) : undefined;
    return {
      [ATTRIBUTE.finishReasons]: [finish ? finish.reason : FINISH_ERROR],
      [ATTRIBUTE.inputTokens]: readCount(finish?.statistics.prompt_eval_count),
      [ATTRIBUTE.outputTokens]: readCount(finish?.statistics.eval_count),
      [ATTRIBUTE.outputMessages]: answer && safely(() => writeMessages(answer)),
    };
  });

  return {
    span,
    add(event) {
      // The calls of an earlier run come before the first request.
      if (asked && event.step === 0) asked = startStopwatch(scheduler);
      switch (event.type) {
        case 'chunk':
          addChunk(event.chunk);
          break;
        case 'tool-start':
          startCall(event.call);
          break;
        case 'tool-result':
          endCall(event.call, (traced) => {
            traced.complete(event.text);
          });
          break;
        case 'tool-error':
          startUnmeasured(event.call);
          endCall(event.call, (traced) => {
            traced.fail(event.error);
          });
          break;
        case 'tool-denied':
          startUnmeasured(event.call);
          endCall(event.call, (traced) => {
            traced.stop('denied');
          });
          break;
        case 'step-finish':
          asked = startStopwatch(scheduler);
          break;
        case 'finish':
          asked = undefined;
          finish = event;
      }
    },
    fail(error) {
      if (isOllamaError(error, 'tool')) {
        endCall(error.call as IdentifiedToolCall, (traced) => {
          traced.fail(error.cause ?? error);
        });
        chat?.end();
      } else if (isOllamaError(error)) findChat()?.fail(error);
      else chat?.end();
      cancelTools();
      ending.fail(error);
    },
    end() {
      findChat()?.end();
      cancelTools();
      if (finish) ending.complete();
      else ending.stop('cancelled');
    },
  };
}
