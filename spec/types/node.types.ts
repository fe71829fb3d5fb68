import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { EventSchemas } from '@ag-ui/core/schemas';
import type { UIMessageChunk } from 'ai';
import { expectTypeOf } from 'expect-type';
import type { Response as ExpressResponse } from 'express';
import { of, type Observable, type OperatorFunction } from 'rxjs';
import type { z } from 'zod';
import {
  answerText,
  fromOllamaChat,
  fromOllamaCreate,
  fromOllamaEmbed,
  fromOllamaGenerate,
  fromOllamaPull,
  fromOllamaPush,
  runTools,
  splitThinking,
  type Approval,
  type ChatChunk,
  type Message,
  type OllamaClient,
  type Streamed,
  type ToolRunEvent,
} from '../../lib/index.js';
import {
  agUi,
  createOllamaPool,
  fromAgUiInput,
  fromUiMessages,
  httpFetch,
  ndjson,
  ollama,
  openAi,
  pipeToResponse,
  sse,
  toAgUiEvents,
  toNdjson,
  toNestSse,
  toReadableStream,
  toResponse,
  toSse,
  toUiMessageStream,
  uiMessages,
  type AgUiEvent,
  type ClientRun,
  type Delivered,
  type Format,
  type SseFrame,
  type HostState,
  type NestSseEvent,
  type OllamaPool,
  type UiMessageChunk,
} from '../../lib/node/index.js';

const chat$ = fromOllamaChat({ model: 'qwen3' });
const run$ = runTools({ model: 'qwen3' }, { tools: [] });
const ids = { threadId: 't', runId: 'r' };
declare const res: ServerResponse;
declare const http2: Http2ServerResponse;
declare const express: ExpressResponse;
declare const textFormat: Format<string>;

// Responses of Node, of its HTTP/2 API and of Express, with chats and runs.
expectTypeOf(pipeToResponse(chat$, res)).toEqualTypeOf<Promise<Delivered>>();
void pipeToResponse(run$, http2, { format: uiMessages() });
void pipeToResponse(chat$.pipe(splitThinking()), express, { heartbeat: 0, maxBuffered: Infinity });
void pipeToResponse(chat$.pipe(answerText()), res, { format: textFormat });
// @ts-expect-error a format of our own takes chunks and events, not text
void pipeToResponse(chat$.pipe(answerText()), res, { format: sse() });
// @ts-expect-error a web response is not one of Node
void pipeToResponse(chat$, new Response());

expectTypeOf(toResponse(run$, { format: agUi(ids) })).toEqualTypeOf<Response>();
expectTypeOf(toReadableStream(chat$)).toEqualTypeOf<ReadableStream<Uint8Array>>();
// @ts-expect-error a status is a number
toResponse(chat$, { status: '200' });
// @ts-expect-error a number of bytes
toReadableStream(chat$, { maxBuffered: '1 MiB' });

// A format takes what a chat or a run emits, and so it takes either.
expectTypeOf(sse()).toExtend<Format>();
expectTypeOf<Format>().toExtend<Format<ChatChunk>>();
expectTypeOf<Format>().toExtend<Format<ToolRunEvent>>();
expectTypeOf<Format<ChatChunk>>().not.toExtend<Format>();
expectTypeOf<ReturnType<Format['encode']>>().toEqualTypeOf<OperatorFunction<Streamed, string>>();
for (const each of [ollama(), openAi(), uiMessages(), agUi(ids)]) {
  expectTypeOf(each).toEqualTypeOf<Format>();
}
// The formats of our own take the events of a followed run as well.
for (const each of [sse({ retry: 1 }), ndjson()]) {
  expectTypeOf(each).toEqualTypeOf<Format<Streamed | SseFrame>>();
}
// @ts-expect-error how long an EventSource waits is a number of ms
sse({ retry: '1s' });
// @ts-expect-error there is nothing to set
ndjson({ retry: 1 });
// @ts-expect-error there is nothing to set
ollama({ model: 'qwen3' });
// @ts-expect-error thinking is sent, or left out
openAi({ thinking: true });
// @ts-expect-error thinking is sent or not
uiMessages({ thinking: 'omit' });
// @ts-expect-error the ids are the client's
agUi();

// Operators, on chats and on runs.
expectTypeOf(chat$.pipe(toSse())).toEqualTypeOf<Observable<string>>();
expectTypeOf(run$.pipe(toNdjson())).toEqualTypeOf<Observable<string>>();
expectTypeOf(chat$.pipe(toNestSse())).toEqualTypeOf<Observable<NestSseEvent>>();
expectTypeOf(run$.pipe(toUiMessageStream())).toEqualTypeOf<Observable<UiMessageChunk>>();
expectTypeOf(chat$.pipe(toAgUiEvents(ids))).toEqualTypeOf<Observable<AgUiEvent>>();
// @ts-expect-error a text is neither a chunk nor an event
void of('text').pipe(toSse());
// @ts-expect-error the same holds here
void of('text').pipe(toNdjson());
// @ts-expect-error the same holds here
void of('text').pipe(toNestSse());
// @ts-expect-error the same holds here
void of('text').pipe(toUiMessageStream());
// @ts-expect-error the ids are the client's
void chat$.pipe(toAgUiEvents({ threadId: 't' }));

// What is sent is what the packages of the protocols accept. `reset-step` is of version 7 of `ai`.
expectTypeOf<
  Exclude<UiMessageChunk, { readonly type: 'start-step' | 'finish-step' | 'reset-step' | 'abort' }>
>().toExtend<UIMessageChunk>();
expectTypeOf<AgUiEvent['type']>().toExtend<`${z.input<typeof EventSchemas>['type']}`>();

// What a client sends is unknown; what comes of it goes into a run.
expectTypeOf(fromUiMessages({})).toEqualTypeOf<ClientRun>();
expectTypeOf(fromAgUiInput({}, [])).toEqualTypeOf<ClientRun>();
expectTypeOf<ClientRun['messages']>().toEqualTypeOf<Message[]>();
expectTypeOf<ClientRun['decisions']>().toEqualTypeOf<Record<string, Approval>>();
const { messages, decisions } = fromUiMessages({}, []);
void runTools({ model: 'qwen3', messages }, { tools: [], decisions });
// @ts-expect-error what was stored is a list of messages
fromUiMessages({}, {});
// @ts-expect-error the same holds here
fromAgUiInput({}, 'messages');

// It stands where `fetch` does.
void fromOllamaChat({ model: 'qwen3' }, { fetch: httpFetch });
// @ts-expect-error an address is a text, a URL or a Request
void httpFetch(11434);

// A pool is the client of every source, and says what it emits.
const pool = createOllamaPool({ hosts: ['http://gpu1:11434', { url: 'gpu2', parallel: 2 }] });
expectTypeOf(pool).toEqualTypeOf<OllamaPool>();
expectTypeOf(pool).toExtend<OllamaClient>();
expectTypeOf(pool.hosts$).toEqualTypeOf<Observable<readonly HostState[]>>();
expectTypeOf(pool.chat({ model: 'qwen3' })).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(fromOllamaChat({ model: 'qwen3' }, { client: pool })).toEqualTypeOf<
  Observable<ChatChunk>
>();
void fromOllamaGenerate({ model: 'qwen3', prompt: 'Hi' }, { client: pool });
void fromOllamaEmbed({ model: 'qwen3', input: 'Hi' }, { client: pool });
void fromOllamaPull({ model: 'qwen3' }, { client: pool });
void fromOllamaPush({ model: 'me/qwen3' }, { client: pool });
void fromOllamaCreate({ model: 'me/qwen3', from: 'qwen3' }, { client: pool });
void runTools({ model: 'qwen3' }, { tools: [], client: pool });
// @ts-expect-error there are hosts
createOllamaPool({});
// @ts-expect-error a host has an address
createOllamaPool({ hosts: [{ parallel: 2 }] });
// @ts-expect-error what is known of hosts is read
pool.hosts$.subscribe(([host]) => host && (host.active = 0));

// Every option may be undefined.
createOllamaPool({
  hosts: [{ url: 'gpu', parallel: undefined, models: undefined }],
  poll: undefined,
  cooldown: undefined,
  headers: undefined,
  fetch: undefined,
  scheduler: undefined,
});
toResponse(chat$, {
  format: undefined,
  maxBuffered: undefined,
  headers: undefined,
  status: undefined,
  heartbeat: undefined,
  scheduler: undefined,
  toPublicError: undefined,
});
uiMessages({ messageId: undefined, thinking: undefined, resetStep: undefined });
openAi({ id: undefined, includeUsage: undefined, thinking: undefined });
agUi({ ...ids, parentRunId: undefined });
