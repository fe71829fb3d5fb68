import { STATISTICS } from '../../core/message/statistics.js';
import type { ChunkMessage, ToolCall } from '../../types/index.js';
import type { ChunkStep, ProgressStep } from './script.js';

/** A chunk with everything that the wire always has. */
export interface Chunk extends Omit<ChunkStep, 'message'> {
  readonly model: string;
  readonly created_at: string;
  readonly message: ChunkMessage;
  readonly done: boolean;
}

const HEAD = ['model', 'remote_model', 'remote_host', 'created_at'] as const;
const MESSAGE = [
  'role',
  'content',
  'thinking',
  'images',
  'tool_calls',
  'tool_name',
  'tool_call_id',
] as const;
const CHAT = [...HEAD, 'message', 'done', 'done_reason', 'logprobs', ...STATISTICS] as const;
const GENERATE = [
  ...HEAD,
  'response',
  'thinking',
  'done',
  'done_reason',
  'context',
  ...STATISTICS,
  'tool_calls',
  'logprobs',
] as const;
const PROGRESS = ['status', 'digest', 'total', 'completed'] as const;

/** Go's `omitempty` doesn't stand at these: they are there even when they say nothing. */
const ALWAYS: ReadonlySet<PropertyKey> = new Set(
  ['model', 'created_at', 'message', 'role', 'content', 'response', 'done', 'status'].concat([
    'function',
    'index',
    'name',
    'arguments',
  ]),
);

/** The keys in the order in which Go marshals them, without the empty ones. */
function inOrder<T extends object>(value: T, keys: readonly (keyof T)[]): Partial<T> {
  const line: Partial<T> = {};
  for (const key of keys) {
    const part = value[key];
    const empty = Array.isArray(part) ? part.length === 0 : !part;
    if (!empty || ALWAYS.has(key)) line[key] = part;
  }
  return line;
}

const writeCall = (call: ToolCall): object =>
  inOrder({ ...call, function: inOrder(call.function, ['index', 'name', 'arguments']) }, [
    'id',
    'function',
  ]);

export function writeChatChunk(chunk: Chunk): object {
  const { tool_calls = [] } = chunk.message;
  const message = { ...chunk.message, tool_calls: tool_calls.map(writeCall) };
  return inOrder({ ...chunk, message: inOrder(message, MESSAGE) }, CHAT);
}

export function writeGenerateChunk({ message, ...chunk }: Chunk): object {
  const { content: response, thinking = '', tool_calls = [] } = message;
  return inOrder({ ...chunk, response, thinking, tool_calls: tool_calls.map(writeCall) }, GENERATE);
}

export function writeProgress(step: ProgressStep): object {
  return inOrder(step, PROGRESS);
}
