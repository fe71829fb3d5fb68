import type { ChatChunk, ChatStatistics, ChunkMarks, Phase } from '../types.js';

/** How fast an answer comes. Times are milliseconds; those that the server measured are exact. */
export interface Throughput {
  /** What the latest chunk is about. */
  readonly phase: Phase;
  /** From subscribing to the first chunk. */
  readonly firstChunkMs: number;
  /** From subscribing to the first thinking; absent before, or if there is none. */
  readonly firstThinkingMs?: number;
  /** From subscribing to the first text of the answer; absent before. */
  readonly firstAnswerMs?: number;
  /** Tokens generated: chunks counted, until the final chunk tells the number. */
  readonly tokens: number;
  /** Tokens generated a second, since the first; 0 until there are two. */
  readonly tokensPerSecond: number;
  /** Whether `tokensPerSecond` is the server's own figure. */
  readonly exact: boolean;
  /** What loading the model took, as the final chunk tells. */
  readonly loadMs?: number;
  /** The tokens of the prompt, as the final chunk tells. */
  readonly promptTokens?: number;
  /** What reading the prompt took, as the final chunk tells. */
  readonly promptMs?: number;
  readonly promptTokensPerSecond?: number;
  /** What generating took, as the final chunk tells. */
  readonly generationMs?: number;
  /** From subscribing until now; on the final chunk what the server tells, if it does. */
  readonly totalMs: number;
}

/** Measures a stream of chunks. */
export interface Meter {
  /** Takes in a chunk that came at the time `now`, and gives the figures so far. */
  add(chunk: ChatChunk & ChunkMarks, now: number): Throughput;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NS_PER_MS = 1e6;
const MS_PER_S = 1e3;

/** Starts measuring at the time `start`. */
export function createMeter(start: number): Meter {
  let firstChunkMs: number | undefined;
  let firstThinkingMs: number | undefined;
  let firstAnswerMs: number | undefined;
  let firstTokenMs: number | undefined;
  let phase: Phase = 'answer';
  let tokens = 0;

  return {
    add(chunk, now) {
      const elapsed = now - start;
      if (chunk.reset) {
        firstChunkMs = firstThinkingMs = firstAnswerMs = firstTokenMs = undefined;
        tokens = 0;
      }
      if (chunk.reclassify) {
        firstThinkingMs ??= firstAnswerMs;
        firstAnswerMs = undefined;
      }
      const { thinking, content, tool_calls } = chunk.message;
      firstChunkMs ??= elapsed;
      if (thinking) firstThinkingMs ??= elapsed;
      if (content) firstAnswerMs ??= elapsed;
      if (thinking || content || tool_calls?.length) {
        firstTokenMs ??= elapsed;
        tokens += chunk.merged ?? 1;
      }
      if (chunk.phase) phase = chunk.phase;
      else if (chunk.done) phase = 'done';
      else if (tool_calls?.length) phase = 'tools';
      else if (content) phase = 'answer';
      else if (thinking) phase = 'thinking';

      const generating = elapsed - (firstTokenMs ?? elapsed);
      const figures: Mutable<Throughput> = {
        phase,
        firstChunkMs,
        totalMs: elapsed,
        tokens,
        tokensPerSecond: perSecond(tokens - 1, generating),
        exact: false,
      };
      if (firstThinkingMs !== undefined) figures.firstThinkingMs = firstThinkingMs;
      if (firstAnswerMs !== undefined) figures.firstAnswerMs = firstAnswerMs;
      return chunk.done ? { ...figures, ...readStatistics(chunk, generating) } : figures;
    },
  };
}

/** What the final chunk tells, as far as it does. */
function readStatistics(chunk: ChatStatistics, generating: number): Partial<Throughput> {
  const { total_duration, load_duration, eval_count, eval_duration } = chunk;
  const { prompt_eval_count: promptTokens, prompt_eval_duration: promptDuration } = chunk;
  return {
    ...(total_duration && { totalMs: total_duration / NS_PER_MS }),
    ...(load_duration && { loadMs: load_duration / NS_PER_MS }),
    ...(promptTokens && { promptTokens }),
    ...(promptDuration && {
      promptMs: promptDuration / NS_PER_MS,
      promptTokensPerSecond: perSecond(promptTokens ?? 0, promptDuration / NS_PER_MS),
    }),
    ...(eval_count && {
      tokens: eval_count,
      tokensPerSecond: perSecond(eval_count - 1, generating),
    }),
    ...(eval_count &&
      eval_duration && {
        generationMs: eval_duration / NS_PER_MS,
        tokensPerSecond: perSecond(eval_count, eval_duration / NS_PER_MS),
        exact: true,
      }),
  };
}

function perSecond(count: number, ms: number): number {
  return count > 0 && ms > 0 ? (count / ms) * MS_PER_S : 0;
}
