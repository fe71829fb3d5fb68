import { isObject, type Line } from '../core/line.js';
import { createMessage } from '../core/message.js';
import type { AssistantMessage, ChatChunk } from '../types.js';

/** How the lines of one response are read. */
export interface Reading<T> {
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
export function readMessage<C extends ChatChunk>(
  toValue: (line: Line) => C | undefined,
): Reading<C> {
  return { toValue, isLast, message: createMessage(), end: 'a final chunk' };
}

const isLast = ({ done }: ChatChunk): boolean => done;

/** A line of `/api/chat` as a chunk. It is put right in place. */
export function toChatChunk(line: Line): ChatChunk | undefined {
  // Some model backends leave `done` out of the final chunk (ollama/ollama-vscode#60).
  line['done'] ??= Boolean(line['done_reason']);
  if (line['done'] === true) line['message'] ??= { role: 'assistant' };
  const { message } = line;
  if (!isObject(message)) return undefined;
  // Ollama always sends it; some that speak its protocol send null when there is none.
  message['content'] ??= '';
  const calls = message['tool_calls'];
  return !calls || areCalls(calls) ? (line as ChatChunk & Line) : undefined;
}

function areCalls(calls: unknown): boolean {
  return (
    Array.isArray(calls) && calls.every((call) => isObject(call) && isObject(call['function']))
  );
}
