import type { ChatChunk, ChatStatistics, ChunkMarks, Phase } from '../types/index.js';
import type { Mutable } from '../types/mutable.js';

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
  /** Tokens generated: chunks of the wire counted, until the final one tells the number. */
  readonly tokens: number;
  /** Tokens generated a second, since the first chunk; 0 as long as there is no other. */
  readonly tokensPerSecond: number;
  /** Whether `tokensPerSecond` is the server's own figure. */
  readonly exact: boolean;
  /** What loading the model took, as the final chunk tells. */
  readonly loadMs?: number;
  /** The tokens of the prompt, as the final chunk tells. */
  readonly promptTokens?: number;
  /** What reading the prompt took, as the final chunk tells. */
  readonly promptMs?: number;
  /** What follows from the two. */
  readonly promptTokensPerSecond?: number;
  /** What generating took, as the final chunk tells. */
  readonly generationMs?: number;
  /** From subscribing until now; on the final chunk what the server tells, if it does. */
  readonly totalMs: number;
}

/** Measures a stream of chunks. */
export interface ThroughputCounter {
  /** Takes in a chunk that came at the time `now`, and gives the figures so far. */
  add(chunk: ChatChunk & ChunkMarks, now: number): Throughput;
}

const NS_PER_MS = 1e6;
const MS_PER_S = 1e3;

/** Starts measuring at the time `start`. */
export function createThroughput(start: number): ThroughputCounter {
  let firstChunkMs: number | undefined;
  let firstThinkingMs: number | undefined;
  let firstAnswerMs: number | undefined;
  let phase: Phase = 'answer';
  let tokens = 0;
  /** Tokens that came with the first chunk: the time that they took is not known. */
  let untimed = 0;
  let complete = false;

  return {
    add(chunk, now) {
      const elapsed = now - start;
      if (chunk.reset || complete) {
        firstChunkMs = firstThinkingMs = firstAnswerMs = undefined;
        phase = 'answer';
        tokens = 0;
      }
      complete = chunk.done;
      if (chunk.reclassify) {
        firstThinkingMs ??= firstAnswerMs;
        firstAnswerMs = undefined;
      }
      const { thinking, content, tool_calls } = chunk.message;
      const calls = tool_calls?.length;
      if (thinking) firstThinkingMs ??= elapsed;
      if (content) firstAnswerMs ??= elapsed;
      // An empty chunk is a token of something that is not shown; an empty final one is none.
      if (!chunk.done || thinking || content || calls) tokens += chunk.merged ?? 1;
      if (firstChunkMs === undefined) {
        firstChunkMs = elapsed;
        untimed = tokens;
      }
      if (chunk.phase) phase = chunk.phase;
      else if (chunk.done) phase = 'done';
      else if (calls) phase = 'tools';
      else if (content) phase = 'answer';
      else if (thinking) phase = 'thinking';

      const generating = elapsed - firstChunkMs;
      const figures: Mutable<Throughput> = {
        phase,
        firstChunkMs,
        totalMs: elapsed,
        tokens,
        tokensPerSecond: perSecond(tokens - untimed, generating),
        exact: false,
      };
      if (firstThinkingMs !== undefined) figures.firstThinkingMs = firstThinkingMs;
      if (firstAnswerMs !== undefined) figures.firstAnswerMs = firstAnswerMs;
      if (chunk.done) {
        // The number of tokens is right even where how long they took is not told.
        const { eval_count: count } = chunk;
        if (count) {
          figures.tokens = count;
          figures.tokensPerSecond = perSecond(count - untimed, generating);
        }
        addStatistics(figures, chunk);
      }
      return figures;
    },
  };
}

/** Adds what the final chunk tells, as far as it does. */
function addStatistics(figures: Mutable<Throughput>, chunk: ChatStatistics): void {
  const { prompt_eval_count: promptTokens, eval_count: tokens } = chunk;
  const totalMs = toMs(chunk.total_duration);
  const loadMs = toMs(chunk.load_duration);
  const promptMs = toMs(chunk.prompt_eval_duration);
  const generationMs = toMs(chunk.eval_duration);
  if (totalMs) figures.totalMs = totalMs;
  if (loadMs) figures.loadMs = loadMs;
  if (promptTokens) figures.promptTokens = promptTokens;
  if (promptMs) figures.promptMs = promptMs;
  if (promptTokens && promptMs) {
    figures.promptTokensPerSecond = perSecond(promptTokens, promptMs);
  }
  if (generationMs) figures.generationMs = generationMs;
  if (tokens && generationMs) {
    figures.tokensPerSecond = perSecond(tokens, generationMs);
    figures.exact = true;
  }
}

function toMs(ns = 0): number {
  return ns / NS_PER_MS;
}

function perSecond(count: number, ms: number): number {
  return count > 0 && ms > 0 ? (count / ms) * MS_PER_S : 0;
}
