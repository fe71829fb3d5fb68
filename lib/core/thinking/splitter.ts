import type { AnyChatChunk, ChunkMarks, Phase, PhasedChunk } from '../../types/index.js';
import { createBoundaryReader } from '../message/boundary.js';
import { STATISTICS } from '../message/statistics.js';
import { omit } from '../omit.js';
import type { ThinkingGrammar } from './grammar.js';
import { createThinkingParser } from './parser.js';

/** Makes chunks that are about one thing each. */
export interface PhaseSplitter<C extends AnyChatChunk> {
  /** What the chunk becomes, as far as it is certain. */
  next(chunk: C): readonly PhasedChunk<C>[];
  /** What was held back because more might have come. */
  flush(): readonly PhasedChunk<C>[];
}

/** What becomes a chunk of its own. */
interface Part {
  readonly phase: Phase;
  readonly text?: string;
  readonly reclassify?: true;
}

/** The fields that only the first of the chunks has that a chunk becomes. */
const MARKS = ['reset', 'restart', 'logprobs', 'merged'];
/** The fields that only the last of them has. */
const FINAL = ['done_reason', ...STATISTICS];
/** The fields that every chunk has: a chunk without text that has no others can wait. */
const ORDINARY =
  /^(model|created_at|remote_.*|message|role|content|thinking|tool_calls|done|merged)$/;

/** Splits each chunk into chunks of one phase: thinking, answer, tools, done, in this order. */
export function createPhaseSplitter<C extends AnyChatChunk & ChunkMarks>(
  grammar: ThinkingGrammar,
): PhaseSplitter<C> {
  const boundaryOf = createBoundaryReader();
  const start = grammar.startsInThinking ? 'thinking' : 'answer';
  let parser = createThinkingParser(grammar);
  let phase: Phase = start;
  /** The server itself separates thinking from the answer. */
  let native = false;
  let last: C | undefined;
  /** How many chunks have come since the last chunk with text: theirs is held back, or was a tag. */
  let waiting = 0;

  const emit = (chunk: C, parts: readonly Part[], isNew: boolean): readonly PhasedChunk<C>[] =>
    parts.map(({ text = '', reclassify, ...part }, i) => {
      const first = isNew && i === 0;
      const merged = waiting + (first ? (chunk.merged ?? 1) : 0);
      const { thinking, tool_calls, ...message } = chunk.message;
      waiting = 0;
      phase = part.phase;
      const own = first ? chunk : omit(chunk, ...MARKS);
      return {
        phase,
        ...(chunk.done && phase !== 'done' ? { ...omit(own, ...FINAL), done: false } : own),
        ...(merged !== 1 && phase !== 'done' && { merged }),
        ...(reclassify && { reclassify }),
        message: {
          ...message,
          content: phase === 'answer' ? text : '',
          ...(phase === 'thinking' && { thinking: text }),
          ...(phase === 'tools' && tool_calls && { tool_calls }),
        },
      };
    });

  return {
    next(chunk) {
      if (boundaryOf(chunk) !== 'same') {
        parser = createThinkingParser(grammar);
        phase = start;
        native = false;
        waiting = 0;
      }
      if (chunk.phase) return [chunk as PhasedChunk<C>];
      last = chunk;
      const { content, thinking, tool_calls } = chunk.message;
      const calls = Boolean(tool_calls?.length);
      if (!chunk.done && !calls) {
        // Nearly all chunks are of one phase, and need no other change.
        if (thinking ? native && !content : !content || native || parser.passes(content)) {
          if (thinking) phase = 'thinking';
          else if (content) phase = 'answer';
          // V8 is several times faster at a literal that doesn't begin with the spread.
          return [{ phase, ...chunk }];
        }
      }
      native ||= Boolean(thinking);
      const ends = native || chunk.done || calls;
      const parts: Part[] = [...parser.push(native ? '' : content || '', ends)];
      if (thinking) parts.push({ phase: 'thinking', text: thinking });
      if (native && content) parts.push({ phase: 'answer', text: content });
      if (calls) parts.push({ phase: 'tools' });
      if (chunk.done) parts.push({ phase: 'done' });
      if (!parts.length) {
        // Without its text, the chunk may still have fields that matter.
        const fields = Object.keys({ ...chunk, ...chunk.message });
        if (fields.some((field) => !ORDINARY.test(field))) parts.push({ phase });
        else waiting += chunk.merged ?? 1;
      }
      return emit(chunk, parts, true);
    },
    flush: () => (last ? emit(last, parser.push('', true), false) : []),
  };
}
