import type {
  ChatChunk,
  ChatDeltaChunk,
  ChatFinalChunk,
  ChunkMarks,
  ChunkMessage,
} from '../../lib/types.js';

const ENVELOPE = { model: 'qwen3:4b', created_at: '2026-01-01T00:00:00.000000000Z' };

/** 50 tokens a second. */
const STATISTICS = {
  total_duration: 3_300_000_000,
  load_duration: 800_000_000,
  prompt_eval_count: 26,
  prompt_eval_duration: 500_000_000,
  eval_count: 100,
  eval_duration: 2_000_000_000,
};

/** A chunk while the model is still at it, about anything: it may well carry several things. */
export function delta(message: Partial<ChunkMessage>): ChatDeltaChunk {
  return { ...ENVELOPE, message: { role: 'assistant', content: '', ...message }, done: false };
}

export const answer = (content: string): ChatDeltaChunk => delta({ content });

export const thinking = (text: string): ChatDeltaChunk => delta({ thinking: text });

/** A call as old servers send it; newer ones add `id` and `index`. */
export function toolCall(
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  { id, ...index }: { readonly id?: string; readonly index?: number } = {},
): ChatDeltaChunk {
  const call = { ...(id && { id }), function: { ...index, name, arguments: args } };
  return delta({ tool_calls: [call] });
}

/** The final chunk with all statistics, or with those given and no other. */
export function done(fields: Partial<Omit<ChatFinalChunk, 'done'>> = STATISTICS): ChatFinalChunk {
  const message = { role: 'assistant', content: '' };
  return { ...ENVELOPE, message, done: true, done_reason: 'stop', ...fields };
}

/** The text of a stream by kind; `reclassify` means that the answer so far was thinking. */
export function textOf(chunks: readonly (ChatChunk & ChunkMarks)[]): {
  thinking: string;
  answer: string;
} {
  const text = { thinking: '', answer: '' };
  for (const { message, reclassify } of chunks) {
    if (reclassify) {
      text.thinking += text.answer;
      text.answer = '';
    }
    text.thinking += message.thinking ?? '';
    text.answer += message.content;
  }
  return text;
}
