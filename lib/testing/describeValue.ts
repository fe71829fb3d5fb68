import type { AnyChatChunk } from '../types/index.js';
import { show } from './show.js';

/** Longer descriptions are cut in the middle, since texts that grow differ at their end. */
const MAX_LENGTH = 100;
/** What every chunk has, and what its description says in words. */
const USUAL = new Set(['model', 'created_at', 'message', 'done', 'done_reason', 'role']);
const STATISTICS = /_duration$|_count$/;

/** What the legend says of a value: a chunk by its texts and calls, anything else as it is. */
export function describeValue(value: unknown): string {
  if (isChunk(value)) return shorten(describeChunk(value));
  return shorten(isError(value) ? `${value.name}: ${value.message}` : show(value));
}

function describeChunk({ message, ...chunk }: AnyChatChunk): string {
  const { role, content, thinking, tool_calls: calls = [], ...others } = message;
  const marks = Object.entries({ ...others, ...chunk }).filter(
    ([key]) => !USUAL.has(key) && !STATISTICS.test(key),
  );
  const parts = [
    ...(role === 'assistant' ? [] : [`role ${role}`]),
    ...(thinking ? [`thinking ${show(thinking)}`] : []),
    ...(content ? [`answer ${show(content)}`] : []),
    ...calls.map(({ function: { name, arguments: args } }) => `call ${name}(${show(args)})`),
    ...(chunk.done ? [`done: ${chunk.done_reason ?? 'without a reason'}`] : []),
    ...marks.map(([key, mark]) => `${key}: ${show(mark)}`),
  ];
  return parts.length ? parts.join(', ') : 'an empty chunk';
}

function isChunk(value: unknown): value is AnyChatChunk {
  const { message, done } = (value ?? {}) as Partial<AnyChatChunk>;
  return typeof done === 'boolean' && typeof message?.content === 'string';
}

/** An error, or what rxjs-marbles makes of one. */
function isError(value: unknown): value is Error {
  return value instanceof Error || /^(?:message|name),(?:message|name)$/.test(keysOf(value));
}

const keysOf = (value: unknown): string => Object.keys(Object(value) as object).join();

function shorten(text: string): string {
  if (text.length <= MAX_LENGTH) return text;
  return `${text.slice(0, MAX_LENGTH / 2)} … ${text.slice(-MAX_LENGTH / 2)}`;
}
