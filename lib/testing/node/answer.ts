import { writeChatChunk, writeGenerateChunk, writeProgress, type Chunk } from './lines.js';
import type { ReceivedBody } from './received.js';
import type { ChunkStep, ProgressStep } from './script.js';
import { stringify } from './stringify.js';
import { toTimestamp } from './wire.js';

/** A step with all that its line will have. */
export type Filled = Chunk | ProgressStep;

/** What the steps of one scenario become. */
export interface Answer {
  fill(step: ChunkStep | ProgressStep): Filled;
  /** The line, as the path that was asked writes it. */
  write(filled: Filled): object;
}

export function createAnswer(path: string, body: ReceivedBody): Answer {
  const measure = startMeasuring(body);
  /** Some tokens. Only a model has the real ones. */
  const context = [1, 4093, 198, 2, 198];
  let toolCalls = 0;

  return {
    fill(step) {
      if ('status' in step) return step;
      const { content, thinking, images, tool_calls, message, ...rest } = step;
      const done = step.done ?? false;
      return {
        model: body.model ?? '',
        created_at: toTimestamp(),
        ...measure(done),
        ...(done && path === '/api/generate' && body['raw'] !== true ? { context } : {}),
        ...rest,
        done,
        message: {
          role: 'assistant',
          ...message,
          content: content ?? message?.content ?? '',
          thinking: thinking ?? message?.thinking ?? '',
          images: images ?? message?.images ?? [],
          tool_calls: (tool_calls ?? message?.tool_calls ?? []).map((call) => ({
            id: createCallId(),
            ...call,
            function: { index: toolCalls++, ...call.function },
          })),
        },
      };
    },
    write(filled) {
      if ('status' in filled) return writeProgress(filled);
      return path === '/api/generate' ? writeGenerateChunk(filled) : writeChatChunk(filled);
    },
  };
}

/** What `stream: false` gets: text and lists joined, the rest from the last line. */
export function addUp(lines: readonly Filled[]): Filled | undefined {
  const last = lines.at(-1);
  if (!last || 'status' in last) return last;
  const chunks = lines.filter((line): line is Chunk => !('status' in line));
  const messages = chunks.map(({ message }) => message);
  return {
    ...last,
    logprobs: chunks.flatMap(({ logprobs }) => logprobs ?? []),
    message: {
      ...last.message,
      content: messages.map(({ content }) => content).join(''),
      thinking: messages.map(({ thinking }) => thinking).join(''),
      tool_calls: messages.flatMap(({ tool_calls }) => tool_calls ?? []),
    },
  };
}

/** Real durations, in nanoseconds; what comes before the first chunk is half loading, half prompt. */
function startMeasuring(body: ReceivedBody): (done: boolean) => ChunkStep {
  const { length } = stringify(body.messages ?? body.prompt ?? '');
  const start = performance.now();
  let first: number | undefined;
  let count = 0;
  const toNanoseconds = (milliseconds: number) => Math.max(1, Math.round(milliseconds * 1e6));

  return (done) => {
    const now = performance.now();
    first ??= now;
    if (!done) {
      count++;
      return {};
    }
    return {
      done_reason: 'stop',
      total_duration: toNanoseconds(now - start),
      load_duration: toNanoseconds((first - start) / 2),
      prompt_eval_count: Math.ceil(length / 4),
      prompt_eval_duration: toNanoseconds((first - start) / 2),
      eval_count: Math.max(1, count),
      eval_duration: toNanoseconds(now - first),
    };
  };
}

/** As random as Ollama's: the same call has another id when the request is made again. */
function createCallId(): string {
  const chars = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const pick = () => chars[Math.floor(Math.random() * chars.length)] ?? '';
  return `call_${Array.from({ length: 8 }, pick).join('')}`;
}
