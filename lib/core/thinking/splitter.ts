import type { ChatChunk, ChunkMarks, Phase, PhasedChunk } from '../../types/index.js';
import { omit } from '../omit.js';
import { STATISTICS } from '../message/statistics.js';
import { createThinkingParser, type ThinkingOptions } from './parser.js';

/** Makes chunks that are about one thing each. */
export interface PhaseSplitter<C extends ChatChunk> {
  /** What the chunk becomes, as far as it is certain. */
  next(chunk: C): readonly PhasedChunk<C>[];
  /** What was held back because more might have come. */
  flush(): readonly PhasedChunk<C>[];
}

/** What of a chunk becomes a chunk of its own. */
interface Part {
  readonly phase: Phase;
  readonly text?: string;
  readonly reclassify?: true;
}

/** What stands on the first of the chunks that a chunk becomes. */
const MARKS = ['reset', 'logprobs', 'merged'];
/** What stands on the last of them. */
const FINAL = ['done_reason', ...STATISTICS];
/** What every chunk has, so that one without text has nothing to say by it. */
const ORDINARY =
  /^(model|created_at|remote_.*|message|role|content|thinking|tool_calls|done|merged)$/;

/** Splits each chunk into chunks of one phase: thinking, answer, tools, done, in this order. */
export function createPhaseSplitter<C extends ChatChunk & ChunkMarks>(
  options?: ThinkingOptions,
): PhaseSplitter<C> {
  const start = options?.startsInThinking ? 'thinking' : 'answer';
  let parser = createThinkingParser(options);
  let phase: Phase = start;
  /** The server itself tells thinking from the answer. */
  let native = false;
  let last: C | undefined;
  /** How many chunks have come since a text was emitted: theirs is held back, or was a tag. */
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
      if (chunk.phase) return [chunk as PhasedChunk<C>];
      if (chunk.reset || last?.done) {
        parser = createThinkingParser(options);
        phase = start;
        native = false;
        waiting = 0;
      }
      last = chunk;
      const { content, thinking, tool_calls } = chunk.message;
      const calls = Boolean(tool_calls?.length);
      if (!chunk.done && !calls) {
        // What nearly all chunks are is dealt with first, and without detours.
        if (thinking ? native && !content : !content || native || parser.passes(content)) {
          if (thinking) phase = 'thinking';
          else if (content) phase = 'answer';
          // A literal that begins with the spread takes V8 several times as long on parsed JSON.
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
        // Without its text, a chunk may still have something to say.
        const fields = Object.keys({ ...chunk, ...chunk.message });
        if (fields.some((field) => !ORDINARY.test(field))) parts.push({ phase });
        else waiting += chunk.merged ?? 1;
      }
      return emit(chunk, parts, true);
    },
    flush: () => (last ? emit(last, parser.push('', true), false) : []),
  };
}
