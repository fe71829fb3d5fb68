import type { ChatChunk, ChunkMarks, Logprob, Phase, PhasedChunk } from '../types.js';
import { omit } from './omit.js';
import { createThinkingParser, type TextPart, type ThinkingOptions } from './thinking.js';

/** Makes chunks that are about one thing each. */
export interface PhaseSplitter<C extends ChatChunk> {
  /** The parts of the chunk, as far as they are certain. */
  push(chunk: C): readonly PhasedChunk<C>[];
  /** What was held back because more might have come. */
  flush(): readonly PhasedChunk<C>[];
}

/** What a chunk becomes: one phase, and the part of its message that belongs to it. */
type Part = Pick<PhasedChunk, 'phase' | 'message' | 'reclassify'>;

/**
 * Splits each chunk into chunks of one phase: thinking, answer, tools, done, in this order. What belongs
 * to the chunk as a whole rides on the last one.
 */
export function createPhaseSplitter<C extends ChatChunk & ChunkMarks>(
  options?: ThinkingOptions,
): PhaseSplitter<C> {
  let parser = createThinkingParser(options);
  let native = false;
  let phase: Phase | undefined;
  let last: C | undefined;
  /** A chunk of which nothing is emitted yet, since all its text is held back. */
  let carry: C | undefined;

  const readText = ({ message, done }: C): readonly TextPart[] => {
    const { content, thinking, tool_calls } = message;
    native ||= Boolean(thinking);
    if (!native) {
      const parts = content ? parser.push(content) : [];
      return tool_calls?.length || done ? [...parts, ...parser.flush()] : parts;
    }
    const parts = [...parser.flush()];
    if (thinking) parts.push({ phase: 'thinking', text: thinking });
    if (content) parts.push({ phase: 'answer', text: content });
    return parts;
  };

  const split = (chunk: C, parts: readonly Part[]): readonly PhasedChunk<C>[] =>
    parts.map((part, i) => {
      const marked = i === 0 ? chunk : stripMarks(chunk);
      const own = i === parts.length - 1 ? marked : stripFinal(marked);
      phase = part.phase;
      return { ...own, ...part };
    });

  return {
    push(chunk) {
      if (chunk.reset) {
        parser = createThinkingParser(options);
        native = false;
        phase = carry = undefined;
      }
      const { message } = chunk;
      if (!carry && !chunk.done && !message.tool_calls) {
        // What nearly all chunks are is dealt with first, and without detours.
        const { content, thinking } = message;
        if (thinking ? native && !content : content && (native || parser.passes(content))) {
          last = chunk;
          phase = thinking ? 'thinking' : 'answer';
          return [withPhase(chunk, phase)];
        }
      }
      const texts = readText(chunk);
      const whole = (last = carry ? absorb(carry, chunk) : chunk);
      const [text] = texts;
      if (text && texts.length === 1 && isAll(text, chunk)) {
        phase = text.phase;
        carry = undefined;
        const own = withPhase(whole, phase);
        return [text.reclassify ? { ...own, reclassify: true } : own];
      }
      const { content, thinking: _, tool_calls, ...rest } = chunk.message;
      const parts = texts.map((part) => toPart(part, rest.role));
      if (tool_calls?.length) {
        parts.push({ phase: 'tools', message: { ...rest, content: '', tool_calls } });
      }
      if (chunk.done) parts.push({ phase: 'done', message: { ...rest, content: '' } });
      if (!parts.length && !(phase && !content)) {
        carry = { ...whole, message: { ...rest, content: '' } };
        return [];
      }
      carry = undefined;
      return parts.length ? split(whole, parts) : [withPhase(whole, phase as Phase)];
    },
    flush() {
      const parts = parser.flush().map((part) => toPart(part, 'assistant'));
      const rest = carry ?? (last && stripFinal(stripMarks(last)));
      const left = carry;
      carry = undefined;
      if (rest && parts.length) return split(rest, parts);
      return left ? [withPhase(left, phase ?? 'answer')] : [];
    },
  };
}

function withPhase<C extends ChatChunk & ChunkMarks>(chunk: C, phase: Phase): PhasedChunk<C> {
  // A literal that begins with the spread takes V8 several times as long on parsed JSON.
  return chunk.phase ? { ...chunk, phase } : { phase, ...chunk };
}

function toPart({ phase, text, reclassify }: TextPart, role: string): Part {
  const message =
    phase === 'thinking' ? { role, content: '', thinking: text } : { role, content: text };
  return { phase, message, ...(reclassify && { reclassify }) };
}

/** Whether the part is all that the chunk has to say, so that the chunk can go on as it is. */
function isAll({ phase, text }: TextPart, { message, done }: ChatChunk): boolean {
  const { content, thinking, tool_calls } = message;
  return (
    !done &&
    !tool_calls?.length &&
    (phase === 'thinking' ? thinking === text && !content : content === text && !thinking)
  );
}

/** The chunk, with what came on the chunk before it, of which nothing was emitted. */
function absorb<C extends ChatChunk & ChunkMarks>(carry: C, chunk: C): C {
  const logprobs: readonly Logprob[] = [...(carry.logprobs ?? []), ...(chunk.logprobs ?? [])];
  return {
    ...chunk,
    ...(carry.reset && { reset: true }),
    ...(carry.reclassify && { reclassify: true }),
    ...(logprobs.length && { logprobs }),
    merged: (carry.merged ?? 1) + (chunk.merged ?? 1),
  };
}

/** Without what must stand on one chunk only, the last of those that a chunk becomes. */
function stripFinal<C extends ChatChunk>(chunk: C): C {
  return {
    ...omit(
      chunk,
      'logprobs',
      'done_reason',
      'total_duration',
      'load_duration',
      'prompt_eval_count',
      'prompt_eval_duration',
      'eval_count',
      'eval_duration',
    ),
    done: false,
  };
}

/** Without what must stand on one chunk only, the first of those that a chunk becomes. */
function stripMarks<C extends ChunkMarks>(chunk: C): C {
  return omit(chunk, 'reset', 'reclassify');
}
