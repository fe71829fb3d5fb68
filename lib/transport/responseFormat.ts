import { createCallJoiner } from '../wire/callPieces.js';
import type { Line } from '../wire/line.js';
import { parseLine, type ReadPartial } from '../wire/parseLine.js';
import { createMessage } from '../core/message/message.js';
import type { AssistantMessage, ChatChunk } from '../types/index.js';
import type { AnyResponse } from './body.js';
import type { Service } from './service.js';

/** Cuts the bytes of a response into texts. */
export interface Decoder {
  /** Takes the bytes of one network read, and calls `onText` with each text that ends in it, until it returns false. */
  push(bytes: Uint8Array, onText: (text: string) => boolean): void;
  /** Ends the stream, and returns the text that has no end. */
  end(): string;
}

/** How the texts of one response are read: its lines, or the data of its events. */
export interface ResponseFormat<T> {
  /** The value of a text; `undefined` if it has none. Throws what the text stands for otherwise. */
  readonly read: (text: string, partial: ReadPartial) => T | undefined;
  /** Whether the answer ends with this value. */
  readonly isLast: (value: T | undefined) => boolean;
  /** What is missing where the response ends too early. */
  readonly end: string;
  /** What the values make, for errors. */
  readonly message?: { add(value: T): void; snapshot(): AssistantMessage };
  /** Instead of `message`, where it began before this response. */
  readonly partial?: ReadPartial;
  /** How bytes become texts. @defaultValue lines */
  readonly createDecoder?: (response: AnyResponse, maxBytes: number) => Decoder;
  /** What answers. @defaultValue Ollama */
  readonly service?: Service | undefined;
}

/** Reads the lines of one response, none of which is skipped. */
export function lineFormat<T>(
  toValue: (line: Line) => T | undefined,
  format: Omit<ResponseFormat<T>, 'read'>,
): ResponseFormat<T> {
  return { ...format, read: (text, partial) => parseLine(text, toValue, partial) };
}

/** Reads the chunks of one response, which make a message. A call that came in pieces is joined. */
export function chatFormat<C extends ChatChunk>(
  toValue: (line: Line) => C | undefined,
  readPlain?: (text: string) => C | undefined,
): ResponseFormat<C> {
  // Few answers have calls: an open stream keeps no joiner in memory until one comes.
  let joinCalls: ReturnType<typeof createCallJoiner> | undefined;
  const toChunk = (line: Line): C | undefined => {
    const chunk = toValue(line);
    if (chunk?.message.tool_calls?.length) joinCalls ??= createCallJoiner();
    return chunk && joinCalls ? joinCalls(chunk) : chunk;
  };
  return {
    // A plain line has no calls and is not final, so there is nothing to join.
    read: (text, partial) => readPlain?.(text) ?? parseLine(text, toChunk, partial),
    isLast,
    message: createMessage(),
    end: 'a final chunk',
  };
}

const isLast = (chunk: ChatChunk | undefined): boolean => chunk?.done === true;
