import { chunk } from '../../lib/testing/index.js';
import type {
  ChatChunk,
  ChatDeltaChunk,
  ChatFinalChunk,
  ChunkMarks,
  ChunkMessage,
} from '../../lib/types/index.js';

/** A chunk while the model is still at it, about anything: it may well carry several things. */
export function delta(message: Partial<ChunkMessage>): ChatDeltaChunk {
  const empty = chunk.answer('');
  return { ...empty, message: { ...empty.message, ...message } };
}

/** The final chunk with exactly these fields of the wire: no statistics but those given. */
export function final(fields: Partial<Omit<ChatFinalChunk, 'done'>>): ChatFinalChunk {
  return { ...delta({}), done: true, done_reason: 'stop', ...fields };
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
