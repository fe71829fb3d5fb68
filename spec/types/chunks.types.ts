import { expectTypeOf } from 'expect-type';
import type {
  AssistantMessage,
  ChatChunk,
  ChatDeltaChunk,
  ChatFinalChunk,
  ChatRequest,
  ChatStatistics,
  IdentifiedToolCall,
  Message,
  OllamaErrors,
  Phase,
  PhasedChunk,
  Throughput,
} from '../../lib/index.js';

declare const chunk: ChatChunk;

// A chunk is told apart by `done`, and only the final one has statistics.
if (chunk.done) {
  expectTypeOf(chunk).toEqualTypeOf<ChatFinalChunk>();
  expectTypeOf(chunk.eval_count).toEqualTypeOf<number | undefined>();
  expectTypeOf(chunk.done_reason).toEqualTypeOf<string | undefined>();
  expectTypeOf(chunk).toExtend<ChatStatistics>();
} else {
  expectTypeOf(chunk).toEqualTypeOf<ChatDeltaChunk>();
  // @ts-expect-error -- it has no statistics yet
  expectTypeOf(chunk.eval_count);
}
// @ts-expect-error -- it may not have any
expectTypeOf(chunk.eval_count);

expectTypeOf(chunk.created_at).toEqualTypeOf<string>();
expectTypeOf(chunk.message.content).toEqualTypeOf<string>();
expectTypeOf(chunk.message.thinking).toEqualTypeOf<string | undefined>();

// Nobody changes a chunk.
// @ts-expect-error -- it is read-only
chunk.message.content = '';

// A chunk with a phase is a chunk, and still told apart by `done`.
declare const phased: PhasedChunk;
expectTypeOf(phased).toExtend<ChatChunk>();
expectTypeOf(phased.phase).toEqualTypeOf<'thinking' | 'answer' | 'tools' | 'done'>();
expectTypeOf<Phase>().toEqualTypeOf(phased.phase);
if (phased.done) expectTypeOf(phased.eval_count).toEqualTypeOf<number | undefined>();

// What the assistant said can be sent back.
expectTypeOf<AssistantMessage>().toExtend<Message>();
expectTypeOf<AssistantMessage['role']>().toEqualTypeOf<'assistant'>();

type IsAny<T> = 0 extends 1 & T ? true : false;

/** Whether `any` stands anywhere in a type. */
type HasAny<T, Depth extends readonly 0[] = []> =
  IsAny<T> extends true
    ? true
    : Depth['length'] extends 5
      ? false
      : T extends object
        ? true extends { [K in keyof T]-?: HasAny<T[K], [...Depth, 0]> }[keyof T]
          ? true
          : false
        : false;

type Any = ReturnType<typeof JSON.parse>;
expectTypeOf<HasAny<{ a: readonly { b?: Any }[] }>>().toEqualTypeOf<true>();
expectTypeOf<HasAny<{ a: readonly { b?: unknown }[] }>>().toEqualTypeOf<false>();

// What users are given is known, or `unknown`.
expectTypeOf<HasAny<ChatChunk>>().toEqualTypeOf<false>();
expectTypeOf<HasAny<AssistantMessage>>().toEqualTypeOf<false>();
expectTypeOf<HasAny<ChatRequest>>().toEqualTypeOf<false>();
expectTypeOf<HasAny<IdentifiedToolCall>>().toEqualTypeOf<false>();
expectTypeOf<HasAny<Throughput>>().toEqualTypeOf<false>();
expectTypeOf<HasAny<OllamaErrors[keyof OllamaErrors]>>().toEqualTypeOf<false>();
