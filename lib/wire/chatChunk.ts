import type { ChatChunk } from '../types/index.js';
import { isObject } from './parseLine.js';
import type { Line } from './plainLine.js';

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
