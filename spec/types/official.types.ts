import type { ChatResponse, GenerateResponse } from 'ollama';
import type { ChatResponse as BrowserResponse } from 'ollama/browser';
import { expectTypeOf } from 'expect-type';
import { filter, from, map, type Observable } from 'rxjs';
import {
  accumulateMessage,
  accumulateResponse,
  answerText,
  tapThroughput,
  thinkingText,
  throughput,
  type AssistantMessage,
  type ChatChunk,
  type PhasedChunk,
  type Throughput,
} from '../../lib/index.js';
import type { AnyChatChunk } from '../../lib/types/index.js';

/** What the official client emits: `done` doesn't discriminate, and `created_at` is a `Date`. */
declare const response$: Observable<ChatResponse>;
declare const browserResponse$: Observable<BrowserResponse>;
declare const responses: AsyncIterable<ChatResponse>;
declare const either$: Observable<ChatChunk | ChatResponse>;
declare const phased$: Observable<PhasedChunk<ChatResponse>>;
declare const generated$: Observable<GenerateResponse>;

// Each operator that projects takes it without a cast.
for (const chunk$ of [response$, browserResponse$, phased$, from(responses)]) {
  expectTypeOf(chunk$.pipe(accumulateMessage())).toEqualTypeOf<Observable<AssistantMessage>>();
  expectTypeOf(chunk$.pipe(throughput())).toEqualTypeOf<Observable<Throughput>>();
  expectTypeOf(chunk$.pipe(answerText())).toEqualTypeOf<Observable<string>>();
  expectTypeOf(chunk$.pipe(thinkingText())).toEqualTypeOf<Observable<string>>();
}
expectTypeOf(either$.pipe(accumulateMessage())).toEqualTypeOf<Observable<AssistantMessage>>();

// Those that keep the type keep it, in a pipe without an annotation.
expectTypeOf(response$.pipe(tapThroughput(({ exact }) => exact))).toEqualTypeOf<
  Observable<ChatResponse>
>();
expectTypeOf(response$.pipe(accumulateResponse())).toEqualTypeOf<Observable<ChatResponse>>();
expectTypeOf(phased$.pipe(accumulateResponse())).toEqualTypeOf<Observable<ChatResponse>>();
expectTypeOf(
  response$.pipe(
    tapThroughput(() => undefined),
    accumulateResponse(),
    filter(({ done }) => done),
    map(({ created_at, eval_count }) => {
      expectTypeOf(created_at).toEqualTypeOf<Date>();
      return eval_count;
    }),
  ),
).toEqualTypeOf<Observable<number>>();

// Ours is what operators take, too, and without a source they are made for it.
expectTypeOf<ChatChunk>().toExtend<AnyChatChunk>();
expectTypeOf<ChatResponse>().toExtend<AnyChatChunk>();
expectTypeOf(accumulateResponse()).parameter(0).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(tapThroughput({})).parameter(0).toEqualTypeOf<Observable<ChatChunk>>();

// @ts-expect-error -- a line of /api/generate has no message: fromOllamaGenerate makes it a chunk
void generated$.pipe(accumulateMessage());
// @ts-expect-error -- it has no message
void generated$.pipe(accumulateResponse());
// @ts-expect-error -- it has no message
void generated$.pipe(answerText());
