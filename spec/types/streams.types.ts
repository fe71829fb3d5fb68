import { expectTypeOf } from 'expect-type';
import { Ollama } from 'ollama';
import { Ollama as Browser } from 'ollama/browser';
import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import {
  fromOllamaStream,
  takeUntilAborted,
  type ChatChunk,
  type ChatStreamInput,
  type PhasedChunk,
} from '../../lib/index.js';

declare const chunk: ChatChunk;
declare const chunks: AsyncIterable<ChatChunk>;
const client = new Ollama();
const messages = [{ role: 'user', content: 'Hi' }];

// The official client's answers: as a promise, awaited, and made per subscription.
const answer = client.chat({ model: 'qwen3', messages, stream: true });
expectTypeOf(fromOllamaStream(answer)).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(fromOllamaStream(await answer)).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(fromOllamaStream(() => answer)).toEqualTypeOf<Observable<ChatChunk>>();
void fromOllamaStream(() => client.chat({ model: 'qwen3', messages }));
void fromOllamaStream(() => new Browser().chat({ model: 'qwen3', messages, stream: true }));

// A response, its body, and anything else that can be iterated.
const response = fetch('/api/chat');
void fromOllamaStream(response);
void fromOllamaStream(await response);
void fromOllamaStream((await response).body ?? chunks);
void fromOllamaStream(new ReadableStream<ChatChunk>());
void fromOllamaStream(chunks);
void fromOllamaStream(async function* () {
  yield await Promise.resolve(chunk);
});
void fromOllamaStream((): ChatStreamInput => Promise.resolve(chunks));

// @ts-expect-error -- one chunk is not a stream
void fromOllamaStream(chunk);
// @ts-expect-error -- a stream of something else
void fromOllamaStream(new ReadableStream<number>());
// @ts-expect-error -- nothing to read
void fromOllamaStream(undefined);

// takeUntilAborted keeps any type.
declare const chat$: Observable<ChatChunk>;
declare const phased$: Observable<PhasedChunk>;
declare const text$: Observable<string>;
const { signal } = new AbortController();
expectTypeOf(chat$.pipe(takeUntilAborted(signal))).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(phased$.pipe(takeUntilAborted(signal))).toEqualTypeOf<Observable<PhasedChunk>>();
expectTypeOf(text$.pipe(takeUntilAborted(signal))).toEqualTypeOf<Observable<string>>();
expectTypeOf(takeUntilAborted<string>(signal)).toEqualTypeOf<MonoTypeOperatorFunction<string>>();

// @ts-expect-error -- the controller is not its signal
takeUntilAborted(new AbortController());
// @ts-expect-error -- it needs one
takeUntilAborted();
