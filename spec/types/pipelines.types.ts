import { expectTypeOf } from 'expect-type';
import {
  concatMap,
  distinctUntilChanged,
  filter,
  from,
  map,
  of,
  scan,
  takeWhile,
  tap,
  type Observable,
} from 'rxjs';
import {
  accumulateMessage,
  accumulateResponse,
  bufferForUi,
  collectToolCalls,
  fromOllamaChat,
  splitThinking,
  tapThroughput,
  type AssistantMessage,
  type ChatChunk,
  type ChatFinalChunk,
  type IdentifiedToolCall,
  type Message,
  type Phase,
  type PhasedChunk,
} from '../../lib/index.js';

const chat$ = fromOllamaChat({ model: 'qwen3', messages: [{ role: 'user', content: 'Hi' }] });
expectTypeOf(chat$).toEqualTypeOf<Observable<ChatChunk>>();

// A pipe of nine, without an annotation.
expectTypeOf(
  chat$.pipe(
    tapThroughput(({ exact }) => exact),
    splitThinking(),
    tap(({ phase }) => phase),
    bufferForUi({ by: 'word' }),
    filter(({ phase }) => phase !== 'tools'),
    tapThroughput(({ tokens }) => tokens),
    takeWhile(({ done }) => !done, true),
    accumulateMessage(),
    distinctUntilChanged(),
  ),
).toEqualTypeOf<Observable<AssistantMessage>>();

// Callbacks know what comes.
expectTypeOf(
  chat$.pipe(
    splitThinking(),
    map((chunk) => {
      expectTypeOf(chunk).toEqualTypeOf<PhasedChunk>();
      return chunk.phase;
    }),
  ),
).toEqualTypeOf<Observable<Phase>>();

// The order of those that keep the type makes no difference.
const orders = [
  chat$.pipe(
    splitThinking(),
    bufferForUi(),
    tapThroughput(() => undefined),
  ),
  chat$.pipe(
    splitThinking(),
    tapThroughput(() => undefined),
    bufferForUi(),
  ),
  chat$.pipe(
    bufferForUi(),
    splitThinking(),
    tapThroughput(() => undefined),
  ),
  chat$.pipe(
    bufferForUi(),
    tapThroughput(() => undefined),
    splitThinking(),
  ),
  chat$.pipe(
    tapThroughput(() => undefined),
    splitThinking(),
    bufferForUi(),
  ),
  chat$.pipe(
    tapThroughput(() => undefined),
    bufferForUi(),
    splitThinking(),
  ),
];
expectTypeOf(orders).toEqualTypeOf<Observable<PhasedChunk>[]>();

// The last response narrows to the final chunk.
expectTypeOf(
  chat$.pipe(
    splitThinking(),
    accumulateResponse(),
    filter((response) => response.done),
  ),
).toEqualTypeOf<Observable<ChatFinalChunk>>();

// The answer goes into the next request as it is, and so do the calls.
expectTypeOf(
  chat$.pipe(
    accumulateMessage(),
    scan((messages: readonly Message[], message) => [...messages, message], []),
    concatMap((messages) => fromOllamaChat({ model: 'qwen3', messages })),
  ),
).toEqualTypeOf<Observable<ChatChunk>>();
expectTypeOf(
  chat$.pipe(
    collectToolCalls(),
    concatMap((calls) => from(calls)),
    map(({ id, function: { name } }): Message => ({
      role: 'tool',
      content: '',
      tool_name: name,
      tool_call_id: id,
    })),
  ),
).toEqualTypeOf<Observable<Message>>();
expectTypeOf(of<IdentifiedToolCall[]>([])).toEqualTypeOf(chat$.pipe(collectToolCalls()));
