import { expectTypeOf } from 'expect-type';
import {
  Subject,
  VirtualTimeScheduler,
  asyncScheduler,
  of,
  type MonoTypeOperatorFunction,
  type Observable,
  type OperatorFunction,
} from 'rxjs';
import {
  accumulateMessage,
  accumulateResponse,
  answerText,
  bufferForUi,
  collectToolCalls,
  splitThinking,
  tapThroughput,
  thinkingText,
  throughput,
  toolCalls,
  type AssistantMessage,
  type ChatChunk,
  type IdentifiedToolCall,
  type PhasedChunk,
  type Throughput,
} from '../../lib/index.js';

/** A chunk with more to it than those of a chat. */
type GenerateChunk = ChatChunk & { readonly context?: readonly number[] };

declare const chat$: Observable<ChatChunk>;
declare const phased$: Observable<PhasedChunk>;
declare const generate$: Observable<GenerateChunk>;

// Operators that keep the type infer it in `pipe`, and keep a subtype.
expectTypeOf(chat$.pipe(splitThinking())).toEqualTypeOf<Observable<PhasedChunk>>();
expectTypeOf(generate$.pipe(splitThinking())).toEqualTypeOf<
  Observable<PhasedChunk<GenerateChunk>>
>();
expectTypeOf(splitThinking<GenerateChunk>()).toEqualTypeOf<
  OperatorFunction<GenerateChunk, PhasedChunk<GenerateChunk>>
>();

expectTypeOf(chat$.pipe(bufferForUi())).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(phased$.pipe(bufferForUi({ every: 50 }))).toEqualTypeOf<Observable<PhasedChunk>>();
expectTypeOf(generate$.pipe(bufferForUi())).toEqualTypeOf<Observable<GenerateChunk>>();
expectTypeOf(bufferForUi<PhasedChunk>()).toEqualTypeOf<MonoTypeOperatorFunction<PhasedChunk>>();

expectTypeOf(chat$.pipe(tapThroughput(() => undefined))).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(generate$.pipe(tapThroughput({}))).toEqualTypeOf<Observable<GenerateChunk>>();

// A response is a chunk of the same kind, without what `splitThinking` added.
expectTypeOf(chat$.pipe(accumulateResponse())).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(phased$.pipe(accumulateResponse())).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(generate$.pipe(accumulateResponse())).toEqualTypeOf<Observable<GenerateChunk>>();
expectTypeOf(generate$.pipe(splitThinking(), accumulateResponse())).toEqualTypeOf<
  Observable<GenerateChunk>
>();

// The others give what they give, whatever kind of chunk comes in.
for (const chunk$ of [chat$, phased$, generate$]) {
  expectTypeOf(chunk$.pipe(accumulateMessage())).toEqualTypeOf<Observable<AssistantMessage>>();
  expectTypeOf(chunk$.pipe(toolCalls())).toEqualTypeOf<Observable<IdentifiedToolCall>>();
  expectTypeOf(chunk$.pipe(collectToolCalls())).toEqualTypeOf<Observable<IdentifiedToolCall[]>>();
  expectTypeOf(chunk$.pipe(throughput())).toEqualTypeOf<Observable<Throughput>>();
  expectTypeOf(chunk$.pipe(answerText())).toEqualTypeOf<Observable<string>>();
  expectTypeOf(chunk$.pipe(thinkingText())).toEqualTypeOf<Observable<string>>();
}
expectTypeOf(phased$.pipe(accumulateMessage())).toEqualTypeOf<Observable<AssistantMessage>>();
expectTypeOf(generate$.pipe(toolCalls())).toEqualTypeOf<Observable<IdentifiedToolCall>>();

// Options: each alone, all together, and nothing else.
splitThinking({
  tags: [{ open: '<r>', close: '</r>' }],
  position: 'anywhere',
  startsInThinking: true,
});
bufferForUi({
  every: 'frame',
  by: new Intl.Segmenter('ja', { granularity: 'word' }),
  maxHold: 100,
  pace: { maxLag: 500 },
  locale: 'ja',
  scheduler: asyncScheduler,
});
bufferForUi({ by: /[.!?]/ });
throughput({ scheduler: new VirtualTimeScheduler() });

// @ts-expect-error -- there is no such position
splitThinking({ position: 'trailing' });
// @ts-expect-error -- a tag has to be closed
splitThinking({ tags: [{ open: '<r>' }] });
// @ts-expect-error -- the only name of a time
bufferForUi({ every: 'second' });
// @ts-expect-error -- no unit of text
bufferForUi({ by: 'token' });
// @ts-expect-error -- a pace is bounded by a lag
bufferForUi({ pace: true });
// @ts-expect-error -- a misspelled option
bufferForUi({ maxLag: 500 });
// @ts-expect-error -- a scheduler, not a clock
throughput({ scheduler: Date });
// @ts-expect-error -- options are an object
throughput(asyncScheduler);
// @ts-expect-error -- it takes none
accumulateMessage({ scheduler: asyncScheduler });
// @ts-expect-error -- it takes none
collectToolCalls([]);

// An observer of figures: a function, a Subject, any part of an observer.
tapThroughput(({ tokensPerSecond = 0 }) => tokensPerSecond.toFixed(1));
tapThroughput(new Subject<Throughput>());
tapThroughput({ complete: () => undefined });
tapThroughput(({ exact }) => exact, { scheduler: asyncScheduler });
// @ts-expect-error -- there has to be one
tapThroughput();
// @ts-expect-error -- it is shown figures
tapThroughput((text: string) => text);
// @ts-expect-error -- it is shown figures
tapThroughput(new Subject<string>());

// A rate is absent until there is a time to measure over.
tapThroughput(({ tokensPerSecond }) => {
  expectTypeOf(tokensPerSecond).toEqualTypeOf<number | undefined>();
});
throughput({ scheduler: undefined });
tapThroughput(() => undefined, { scheduler: undefined });

// What isn't a chat is refused by each.
const text$ = of('text');
// @ts-expect-error -- text is no chunk
void text$.pipe(splitThinking());
// @ts-expect-error -- text is no chunk
void text$.pipe(bufferForUi());
// @ts-expect-error -- text is no chunk
void text$.pipe(tapThroughput(() => undefined));
// @ts-expect-error -- text is no chunk
void text$.pipe(accumulateResponse());
// @ts-expect-error -- text is no chunk
void text$.pipe(accumulateMessage());
// @ts-expect-error -- text is no chunk
void text$.pipe(toolCalls());
// @ts-expect-error -- text is no chunk
void text$.pipe(collectToolCalls());
// @ts-expect-error -- text is no chunk
void text$.pipe(throughput());
// @ts-expect-error -- text is no chunk
void text$.pipe(answerText());
// @ts-expect-error -- text is no chunk
void text$.pipe(thinkingText());
// @ts-expect-error -- a message is no chunk either
void chat$.pipe(accumulateMessage(), splitThinking());
