import { readCount } from '../core/message/statistics.js';
import { createCallReader } from '../core/message/toolCalls.js';
import type { ChatChunk, ChatFinalChunk } from '../types/index.js';
import type { OpenAiOptions } from './openAi.js';
import { toJson } from './toJson.js';
import { writeData } from './writeData.js';

/** Starts a completion: writes the chunks of one message, of which the last one is final. */
export function createCompletion({
  id = `chatcmpl-${crypto.randomUUID()}`,
  includeUsage = false,
  thinking = 'reasoning',
}: OpenAiOptions): (chunk: ChatChunk) => string {
  const calls = createCallReader();
  let isStarted = false;
  let count = 0;
  let envelope: object = {};

  const start = ({ model, created_at }: ChatChunk): { readonly role?: 'assistant' } => {
    if (isStarted) return {};
    isStarted = true;
    const created = Math.floor(Date.parse(created_at) / 1000) || 0;
    envelope = { id, object: 'chat.completion.chunk', created, model };
    return { role: 'assistant' };
  };
  const write = (choices: readonly object[], usage: object | null = null): string =>
    writeData({ ...envelope, choices, ...(includeUsage && { usage }) });

  /** What a chunk says; empty for a chunk that says nothing, unless it is the first. */
  const writeDelta = (chunk: ChatChunk): string => {
    const { content, thinking: reasoning } = chunk.message;
    const called = calls.add(chunk).map((call) => ({
      index: count++,
      id: call.id,
      type: 'function',
      function: { name: call.function.name, arguments: toJson(call.function.arguments) },
    }));
    const delta = {
      ...start(chunk),
      ...(content && { content }),
      ...(reasoning && thinking === 'reasoning' && { reasoning }),
      ...(called.length && { tool_calls: called }),
    };
    if (!Object.keys(delta).length) return '';
    return write([{ index: 0, delta, finish_reason: null }]);
  };
  const writeEnd = (chunk: ChatFinalChunk): string => {
    const finish_reason = toFinishReason(chunk, count > 0);
    const usage = includeUsage ? write([], toUsage(chunk)) : '';
    return `${write([{ index: 0, delta: {}, finish_reason }])}${usage}data: [DONE]\n\n`;
  };

  return (chunk) => writeDelta(chunk) + (chunk.done ? writeEnd(chunk) : '');
}

function toFinishReason({ done_reason }: ChatFinalChunk, hasCalls: boolean): string {
  if (hasCalls) return 'tool_calls';
  return done_reason === 'length' ? 'length' : 'stop';
}

function toUsage({ prompt_eval_count, eval_count }: ChatFinalChunk): object {
  const prompt_tokens = readCount(prompt_eval_count) ?? 0;
  const completion_tokens = readCount(eval_count) ?? 0;
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
