import type { Meter, Tracer } from '@opentelemetry/api';
import { expectTypeOf } from 'expect-type';
import type { ChatResponse, ChatRequest as OfficialRequest } from 'ollama';
import type { Observable } from 'rxjs';
import {
  answerText,
  fromOllamaChat,
  runTools,
  splitThinking,
  type ChatChunk,
  type DefinedTool,
  type PhasedChunk,
  type ToolRunEvent,
} from '../../lib/index.js';
import { traceChat, traceRun, traceTools, type CaptureContent } from '../../lib/otel/index.js';

const request = { model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] };
const chat$ = fromOllamaChat(request);
declare const tracer: Tracer;
declare const meter: Meter;
declare const tools: readonly DefinedTool[];
declare const official: OfficialRequest;
declare const response$: Observable<ChatResponse>;

// A chat keeps the type of its chunks, whatever it is.
expectTypeOf(chat$.pipe(traceChat({ request }))).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(chat$.pipe(splitThinking(), traceChat({ request }))).toEqualTypeOf<
  Observable<PhasedChunk>
>();
expectTypeOf(response$.pipe(traceChat({ request: official }))).toEqualTypeOf<
  Observable<ChatResponse>
>();
expectTypeOf(
  chat$.pipe(traceChat({ request, tracer, meter, server: 'gpu' }), answerText()),
).toEqualTypeOf<Observable<string>>();
// @ts-expect-error the request names the model
traceChat({});
// @ts-expect-error texts are not chunks
void chat$.pipe(answerText(), traceChat({ request }));

// A run keeps its events.
const run$ = runTools(request, { tools: traceTools(tools, { tracer }) });
expectTypeOf(run$.pipe(traceRun({ agentName: 'a', request, meter }))).toEqualTypeOf<
  Observable<ToolRunEvent>
>();
// @ts-expect-error a chat has no events of a run
void chat$.pipe(traceRun());

// Tools stay tools.
expectTypeOf(traceTools(tools)).toEqualTypeOf<DefinedTool[]>();
// @ts-expect-error a function alone is not a tool
traceTools([() => 1]);

// Content: all of it, none, or what a function makes of messages.
expectTypeOf<true | false>().toExtend<CaptureContent>();
traceChat({ request, captureContent: (messages) => messages.slice(-1) });
// @ts-expect-error a redaction gives messages
traceChat({ request, captureContent: () => 'redacted' });
