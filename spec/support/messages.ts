import fc from 'fast-check';
import { chunk } from '../../lib/testing/index.js';
import type { ChatChunk, ChunkMarks, ToolCall } from '../../lib/types/index.js';
import { textOf } from './chunks.js';

type Chunk = ChatChunk & ChunkMarks;

/** A message as plain as it can be said. */
export interface PlainMessage {
  readonly content: string;
  readonly thinking: string;
  readonly calls: readonly ToolCall[];
  readonly done: boolean;
}

/** Chunks by message, without those that a later chunk made void. Nothing of the library decides it. */
export function groupByMessage<C extends Chunk>(chunks: readonly C[]): C[][] {
  let messages: C[][] = [];
  for (const chunk of chunks) {
    if (chunk.restart) messages = [];
    const isOpen = messages.at(-1)?.at(-1)?.done === false;
    if (isOpen && chunk.reset) messages.pop();
    if (isOpen && !chunk.reset) messages.at(-1)?.push(chunk);
    else messages.push([chunk]);
  }
  return messages;
}

/** The messages that chunks make, the last one as far as it has come. */
export function readMessages(chunks: readonly Chunk[]): PlainMessage[] {
  return groupByMessage(chunks).map((all) => {
    const { answer: content, thinking } = textOf(all);
    const calls = all.flatMap(({ message }) => message.tool_calls ?? []);
    return { content, thinking, calls, done: all.some(({ done }) => done) };
  });
}

const reset = { reset: true } as const;
const restart = { reset: true, restart: true } as const;

/** Chunks of several messages in any order, requested again at any point, alone or with the whole run. */
export const anyRun: fc.Arbitrary<Chunk[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('answer', 'answer', 'thinking', 'call', 'empty', 'final', 'final'),
      marks: fc.constantFrom({}, {}, {}, {}, reset, restart),
    }),
    { maxLength: 24 },
  )
  .map((steps) =>
    steps.map(({ kind, marks }, i): Chunk => {
      const name = String.fromCharCode(97 + i);
      const chunks: Readonly<Record<string, ChatChunk>> = {
        answer: chunk.answer(name),
        thinking: chunk.thinking(name),
        call: chunk.toolCall(name, {}, `id-${name}`),
        empty: chunk.answer(''),
        final: chunk.done(),
      };
      return { ...(chunks[kind] ?? chunk.answer('')), ...marks };
    }),
  );
