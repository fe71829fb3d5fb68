import { createCallJoiner } from '../wire/callPieces.js';
import type { Line } from '../wire/line.js';
import { createMessage } from '../core/message/message.js';
import type { AssistantMessage, ChatChunk } from '../types/index.js';

/** How the lines of one response are read. */
export interface ResponseFormat<T> {
  /** Reads a line that needs no check, faster than the other way; `undefined` for any other line. */
  readonly readPlain?: ((text: string) => T | undefined) | undefined;
  /** What a line's object is; `undefined` if this endpoint says no such thing. */
  readonly toValue: (line: Line) => T | undefined;
  /** Whether the answer ends with this value. */
  readonly isLast: (value: T) => boolean;
  /** What the values make, for errors. */
  readonly message?: { add(value: T): void; snapshot(): AssistantMessage };
  /** What is missing where the response ends too early. */
  readonly end: string;
}

/** Reads the chunks of one response, which make a message. A call that came in pieces is joined. */
export function chatFormat<C extends ChatChunk>(
  toValue: (line: Line) => C | undefined,
  readPlain?: (text: string) => C | undefined,
): ResponseFormat<C> {
  // Few answers have calls: an open stream keeps no joiner in memory until one comes.
  let joinCalls: ReturnType<typeof createCallJoiner> | undefined;
  return {
    // It has no calls and is not final, so there is nothing to join.
    readPlain,
    toValue(line) {
      const chunk = toValue(line);
      if (chunk?.message.tool_calls?.length) joinCalls ??= createCallJoiner();
      return chunk && joinCalls ? joinCalls(chunk) : chunk;
    },
    isLast,
    message: createMessage(),
    end: 'a final chunk',
  };
}

const isLast = ({ done }: ChatChunk): boolean => done;
