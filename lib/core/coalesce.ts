import type { ChatChunk, ChunkMarks, Logprob, ToolCall } from '../types.js';
import { omit } from './omit.js';
import { createText } from './text.js';

/** Neighboring chunks of one kind that are becoming one chunk. */
export interface ChunkRun<C extends ChatChunk> {
  /** Takes a chunk in; `false` if it has to stay apart from what is there. */
  add(chunk: C): boolean;
  /** The text that is in the run; empty if it is no run of text. */
  text(): string;
  readonly length: number;
  /** The run as one chunk. With a `length`, only the start of its text: the rest stays. */
  take(length?: number): C;
}

type Kind = 'thinking' | 'answer' | 'tools' | 'empty' | 'single';

function kindOf({ message, done }: ChatChunk): Kind {
  const { thinking, content, tool_calls } = message;
  const calls = tool_calls?.length;
  // The final chunk stays as it is, and so does one that is about several things.
  if (done || (thinking && content) || (calls && (thinking || content))) return 'single';
  return calls ? 'tools' : thinking ? 'thinking' : content ? 'answer' : 'empty';
}

function textOf({ message }: ChatChunk, kind: Kind): string {
  return (kind === 'thinking' ? message.thinking : kind === 'answer' && message.content) || '';
}

/** Starts a run. Taking a chunk in costs the same however much there is already. */
export function startRun<C extends ChatChunk & ChunkMarks>(first: C): ChunkRun<C> {
  let kind = kindOf(first);
  let sole: C | undefined = first;
  let marks: ChunkMarks = first;
  let last = first;
  const text = createText();
  text.add(textOf(first, kind));
  let merged = first.merged ?? 1;
  const calls: ToolCall[] = [...(first.message.tool_calls ?? [])];
  let logprobs: Logprob[] = [...(first.logprobs ?? [])];

  return {
    add(chunk) {
      const next = kindOf(chunk);
      const fits = next === kind || next === 'empty' || kind === 'empty';
      if (!fits || next === 'single' || kind === 'single') return false;
      if (chunk.phase !== last.phase || chunk.reclassify || chunk.reset) return false;
      if (kind === 'empty') kind = next;
      if (next !== 'empty') text.add(textOf(chunk, next));
      if (next === 'tools') calls.push(...(chunk.message.tool_calls ?? []));
      if (chunk.logprobs) logprobs.push(...chunk.logprobs);
      merged += chunk.merged ?? 1;
      last = chunk;
      sole = undefined;
      return true;
    },
    text: text.read,
    get length() {
      return text.length;
    },
    take(length = text.length) {
      if (length >= text.length && sole) return sole;
      const all = text.take();
      text.add(all.slice(length));
      const chunk = {
        ...omit(last, 'logprobs', 'reset', 'reclassify'),
        ...(marks.reset && { reset: marks.reset }),
        ...(marks.reclassify && { reclassify: marks.reclassify }),
        ...(logprobs.length && { logprobs }),
        message: {
          ...last.message,
          ...(all && { [kind === 'thinking' ? 'thinking' : 'content']: all.slice(0, length) }),
          ...(calls.length && { tool_calls: calls }),
        },
        merged,
      };
      marks = {};
      merged = 0;
      logprobs = [];
      sole = undefined;
      return chunk;
    },
  };
}
