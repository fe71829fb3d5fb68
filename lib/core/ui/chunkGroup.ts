import type { ChatChunk, ChunkMarks, Logprob, ToolCall } from '../../types/index.js';
import { omit } from '../omit.js';
import { addText, readText, type Text } from '../message/text.js';

/** Neighboring chunks of one kind that are becoming one chunk. */
export interface ChunkGroup<C extends ChatChunk> {
  /** Takes a chunk in; `false` if it has to stay apart from what is there. */
  add(chunk: C): boolean;
  /** The text in it; empty if it is no run of text, and so can't be cut. */
  text(): string;
  /** The run as one chunk. */
  merge(): C;
}

// What a chunk is about: a bit for each thing.
const THINKING = 1;
const ANSWER = 2;
const CALLS = 4;
const DONE = 8;

/** The final chunk stays as it is, and so does one that is about several things. */
const MERGEABLE: readonly number[] = [0, THINKING, ANSWER, CALLS];

function kindOf({ message, done }: ChatChunk): number {
  return (
    (message.thinking ? THINKING : 0) |
    (message.content ? ANSWER : 0) |
    (message.tool_calls?.length ? CALLS : 0) |
    (done ? DONE : 0)
  );
}

/** Starts a run. Taking a chunk in costs the same however much there is already. */
export function startGroup<C extends ChatChunk & ChunkMarks>(first: C): ChunkGroup<C> {
  let kind = kindOf(first);
  let last = first;
  let sole: C | undefined = first;
  let merged = 0;
  let text: Text | undefined;
  const calls: ToolCall[] = [];
  const logprobs: Logprob[] = [];

  const absorb = (chunk: C): void => {
    const { thinking, content, tool_calls } = chunk.message;
    last = chunk;
    // Some proxies send `null` for no content.
    text = addText(text, thinking || content || '');
    if (tool_calls) calls.push(...tool_calls);
    if (chunk.logprobs) logprobs.push(...chunk.logprobs);
    merged += chunk.merged ?? 1;
  };
  if (MERGEABLE.includes(kind)) absorb(first);

  return {
    add(chunk) {
      const both = kind | kindOf(chunk);
      if (!MERGEABLE.includes(both)) return false;
      if (chunk.phase !== last.phase || chunk.reclassify || chunk.reset) return false;
      kind = both;
      absorb(chunk);
      sole = undefined;
      return true;
    },
    text: () => readText(text),
    merge: () =>
      sole ?? {
        ...first,
        ...last,
        ...(logprobs.length && { logprobs }),
        message: {
          ...last.message,
          ...(calls.length && { tool_calls: calls }),
          [kind === THINKING ? 'thinking' : 'content']: readText(text),
        },
        merged,
      },
  };
}

/** Cuts a chunk of text in two. What belongs to it as a whole stays with the first part. */
export function cutChunk<C extends ChatChunk & ChunkMarks>(
  chunk: C,
  length: number,
): readonly [C, C] {
  const { message } = chunk;
  const field = message.thinking ? 'thinking' : 'content';
  const part = (start: number, end?: number): C => ({
    ...chunk,
    message: { ...message, [field]: message[field]?.slice(start, end) },
  });
  return [part(0, length), { ...omit(part(length), 'logprobs', 'reset', 'reclassify'), merged: 0 }];
}
