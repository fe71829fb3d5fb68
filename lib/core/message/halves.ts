import type { AnyChatChunk, ChunkMarks } from '../../types/index.js';
import { omit } from '../omit.js';
import { createBoundaryReader } from './boundary.js';

/**
 * The first half of a character at the end of a text; empty for most texts. JSON escapes let a server
 * send a character outside the basic plane, such as an emoji, as two halves in two chunks.
 */
export function trailingHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : '';
}

/** Text that arrives in pieces. */
export interface HalfHold {
  /** The piece, after a half that was held. A half at the end of the piece is held in its turn. */
  next(piece: string): string;
  /** The half that is held, if any. */
  flush(): string;
}

/** Holds the half of a character at the end of a piece until the next piece arrives. */
export function createHalfHold(): HalfHold {
  let half = '';
  return {
    next(piece) {
      const text = half + piece;
      half = trailingHalf(text);
      return half ? text.slice(0, -1) : text;
    },
    flush() {
      const held = half;
      half = '';
      return held;
    },
  };
}

/** Joins the halves of characters that were cut between two chunks. */
export interface HalfJoiner<C> {
  /** The chunk with whole characters; the same chunk if there is nothing to join. */
  next(chunk: C): C;
  /** What is held at the end of the stream, as a chunk. */
  flush(): readonly C[];
}

/**
 * Starts a stream of chunks. A half at the end of `content` or `thinking` moves to the next chunk of the
 * message with such a text; at the latest to the final chunk. Half of a character in a message that is
 * void is void with it.
 */
export function createHalfJoiner<C extends AnyChatChunk & ChunkMarks>(): HalfJoiner<C> {
  const boundaryOf = createBoundaryReader();
  const contentHold = createHalfHold();
  const thinkingHold = createHalfHold();
  let last: C | undefined;

  return {
    next(chunk) {
      if (boundaryOf(chunk) !== 'same') {
        contentHold.flush();
        thinkingHold.flush();
      }
      last = chunk;
      const { message, done } = chunk;
      const answered = chunk.reclassify ? contentHold.flush() : '';
      let thinking = thinkingHold.next(answered + (message.thinking || ''));
      let content = contentHold.next(message.content || '');
      if (done) {
        thinking += thinkingHold.flush();
        content += contentHold.flush();
      }
      const isSame = content === (message.content || '') && thinking === (message.thinking || '');
      return isSame ? chunk : { ...chunk, message: { ...message, content, thinking } };
    },
    flush() {
      const content = contentHold.flush();
      const thinking = thinkingHold.flush();
      if (!last || !(content || thinking)) return [];
      const { role } = last.message;
      const rest = omit(last, 'logprobs', 'reset', 'restart', 'reclassify');
      return [{ ...rest, message: { role, content, thinking } }];
    },
  };
}

/** Reads one text out of chunks. */
export interface TextReader {
  /** The text that a chunk makes certain: one piece, or none. */
  next(chunk: AnyChatChunk & ChunkMarks): readonly string[];
  /** What is held at the end of the stream. */
  flush(): readonly string[];
}

/** Starts to read a text, of which no piece ends in half of a character that continues. */
export function createTextReader(field: 'content' | 'thinking'): TextReader {
  const boundaryOf = createBoundaryReader();
  const hold = createHalfHold();
  const toPieces = (text: string): readonly string[] => (text ? [text] : []);

  return {
    next(chunk) {
      const before = boundaryOf(chunk) === 'same' ? '' : hold.flush();
      const text = before + hold.next(chunk.message[field] || '');
      return toPieces(chunk.done ? text + hold.flush() : text);
    },
    flush: () => toPieces(hold.flush()),
  };
}
