import type { AnyChatChunk, ChunkMarks } from '../../types/index.js';
import { omit } from '../omit.js';
import { trailingHalf } from '../message/halves.js';
import { addText, readText, type Text } from '../message/text.js';

/** Neighboring chunks of one phase that become one chunk. */
export interface ChunkGroup<C extends AnyChatChunk> {
  /** The first chunk of the group, with the marks of the whole. */
  readonly first: C;
  /** Takes in a chunk; `false` if it can't be merged with the chunks of the group. */
  add(chunk: C): boolean;
  /** The text of the group; empty if it is about anything but text, and so can't be cut. */
  text(): string;
  /** Whether the text ends in half of a character. */
  endsInHalf(): boolean;
  /** The group as one chunk. */
  merge(): C;
}

// What a chunk is about: one bit each.
const THINKING = 1;
const ANSWER = 2;
const CALLS = 4;
const DONE = 8;

/** The final chunk stays as it is, and so does a chunk that is about several things. */
const MERGEABLE: readonly number[] = [0, THINKING, ANSWER, CALLS];

function kindOf({ message, done }: AnyChatChunk): number {
  return (
    (message.thinking ? THINKING : 0) |
    (message.content ? ANSWER : 0) |
    (message.tool_calls?.length ? CALLS : 0) |
    (done ? DONE : 0)
  );
}

/** Appends a list that a server sent. It may be long, and a client of the user's may send no list at all. */
function append(to: unknown[], sent: unknown): void {
  if (Array.isArray(sent)) for (const each of sent) to.push(each);
}

/** Starts a group. The cost of a further chunk doesn't depend on how many there are. */
export function startGroup<C extends AnyChatChunk & ChunkMarks>(first: C): ChunkGroup<C> {
  let kind = kindOf(first);
  let last = first;
  let sole: C | undefined = first;
  let merged = 0;
  let text: Text | undefined;
  let latest = '';
  const calls: unknown[] = [];
  const logprobs: unknown[] = [];

  const absorb = (chunk: C): void => {
    const { thinking, content, tool_calls } = chunk.message;
    last = chunk;
    // Some proxies send `null` for no content.
    const piece = thinking || content || '';
    text = addText(text, piece);
    if (piece) latest = piece;
    append(calls, tool_calls);
    append(logprobs, chunk.logprobs);
    merged += chunk.merged ?? 1;
  };
  if (MERGEABLE.includes(kind)) absorb(first);

  return {
    first,
    add(chunk) {
      const both = kind | kindOf(chunk);
      if (!MERGEABLE.includes(both) || chunk.phase !== last.phase) return false;
      // Each of these marks says something of all text before the chunk.
      if (chunk.reclassify || chunk.reset || chunk.restart) return false;
      kind = both;
      absorb(chunk);
      sole = undefined;
      return true;
    },
    text: () => readText(text),
    // To look at the end of the whole text would make V8 copy it.
    endsInHalf: () => trailingHalf(latest) !== '',
    merge: () =>
      sole ?? {
        ...first,
        ...last,
        // Copies: a chunk that was given to a late subscriber must not grow with the group.
        ...(logprobs.length && { logprobs: logprobs.slice() }),
        message: {
          ...last.message,
          ...(calls.length && { tool_calls: calls.slice() }),
          [kind === THINKING ? 'thinking' : 'content']: readText(text),
        },
        merged,
      },
  };
}

/** Cuts a chunk of text in two. What belongs to the chunk as a whole stays with the first part. */
export function cutChunk<C extends AnyChatChunk & ChunkMarks>(
  chunk: C,
  length: number,
): readonly [C, C] {
  const { message } = chunk;
  const field = message.thinking ? 'thinking' : 'content';
  const part = (start: number, end?: number): C => ({
    ...chunk,
    message: { ...message, [field]: message[field]?.slice(start, end) },
  });
  const rest = omit(part(length), 'logprobs', 'reset', 'restart', 'reclassify');
  return [part(0, length), { ...rest, merged: 0 }];
}
