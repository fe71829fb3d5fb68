import { expectTypeOf } from 'expect-type';
import { VirtualTimeScheduler, timer, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import {
  backoff,
  retryChat,
  shareChat,
  timeoutChat,
  type ChatChunk,
  type GenerateChunk,
  type PhasedChunk,
} from '../../lib/index.js';

declare const chat$: Observable<ChatChunk>;
declare const phased$: Observable<PhasedChunk>;
declare const generate$: Observable<GenerateChunk>;
declare const text$: Observable<string>;
const scheduler = new VirtualTimeScheduler();

// Each keeps the type, whatever kind of chunk it is.
expectTypeOf(chat$.pipe(timeoutChat({ idle: 1000 }))).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(phased$.pipe(timeoutChat({}))).toEqualTypeOf<Observable<PhasedChunk>>();
expectTypeOf(generate$.pipe(timeoutChat({}))).toEqualTypeOf<Observable<GenerateChunk>>();
expectTypeOf(timeoutChat<PhasedChunk>({})).toEqualTypeOf<MonoTypeOperatorFunction<PhasedChunk>>();

expectTypeOf(chat$.pipe(retryChat({ count: 3 }))).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(phased$.pipe(retryChat({ count: 3 }))).toEqualTypeOf<Observable<PhasedChunk>>();
expectTypeOf(generate$.pipe(retryChat({ count: 3 }))).toEqualTypeOf<Observable<GenerateChunk>>();

expectTypeOf(chat$.pipe(shareChat())).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(phased$.pipe(shareChat())).toEqualTypeOf<Observable<PhasedChunk>>();
expectTypeOf(generate$.pipe(shareChat())).toEqualTypeOf<Observable<GenerateChunk>>();

// One after the other, without an annotation.
expectTypeOf(
  generate$.pipe(timeoutChat({ firstChunk: 60_000 }), retryChat({ count: 3 }), shareChat()),
).toEqualTypeOf<Observable<GenerateChunk>>();

// Options: each of them, and nothing else.
timeoutChat({ firstChunk: 60_000, idle: 10_000, total: 300_000, scheduler });
retryChat({
  count: 3,
  when: 'restart',
  delay: (error, attempt) => {
    expectTypeOf(error).toBeUnknown();
    expectTypeOf(attempt).toEqualTypeOf<number>();
    return timer(attempt * 100);
  },
  shouldRetry: (error, attempt) => {
    expectTypeOf(error).toBeUnknown();
    return attempt < 2;
  },
  scheduler,
});
shareChat({ resetOnRefCountZero: false });
shareChat({ resetOnRefCountZero: 1000, scheduler });
shareChat({ resetOnRefCountZero: () => timer(1000) });

// Waits that grow are a delay.
expectTypeOf(backoff()).toEqualTypeOf<(error: unknown, attempt: number) => number>();
retryChat({ count: 3, delay: backoff({ initial: 200, max: 5000, random: () => 1 }) });

// @ts-expect-error -- a misspelled option
timeoutChat({ first: 60_000 });
// @ts-expect-error -- the number of milliseconds
timeoutChat({ idle: '10s' });
// @ts-expect-error -- there is no number of attempts that suits everybody
retryChat({});
// @ts-expect-error -- no such time
retryChat({ count: 3, when: 'always' });
// @ts-expect-error -- whether, not when
retryChat({ count: 3, shouldRetry: () => timer(100) });
// @ts-expect-error -- a misspelled option
shareChat({ refCount: true });
// @ts-expect-error -- the number of milliseconds
shareChat({ resetOnRefCountZero: '1s' });
// @ts-expect-error -- options are an object
backoff(200);

// @ts-expect-error -- text is no chunk
void text$.pipe(timeoutChat({}));
// @ts-expect-error -- text is no chunk
void text$.pipe(retryChat({ count: 3 }));
// @ts-expect-error -- text is no chunk
void text$.pipe(shareChat());
