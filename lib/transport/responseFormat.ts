import type { Line } from '../wire/plainLine.js';
import { createMessage } from '../core/message/message.js';
import type { AssistantMessage, ChatChunk } from '../types/index.js';

/** How the lines of one response are read. */
export interface ResponseFormat<T> {
  /** What a line's object is; `undefined` if this endpoint says no such thing. */
  readonly toValue: (line: Line) => T | undefined;
  /** Whether the answer ends with this value. */
  readonly isLast: (value: T) => boolean;
  /** What the values make, for errors. */
  readonly message?: { add(value: T): void; snapshot(): AssistantMessage };
  /** What is missing where the response ends too early. */
  readonly end: string;
}

/** Reads chunks, which make a message. */
export function chatFormat<C extends ChatChunk>(
  toValue: (line: Line) => C | undefined,
): ResponseFormat<C> {
  return { toValue, isLast, message: createMessage(), end: 'a final chunk' };
}

const isLast = ({ done }: ChatChunk): boolean => done;
