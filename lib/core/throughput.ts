import type { AnyChatChunk, ChatStatistics, ChunkMarks, Phase } from '../types/index.js';
import type { Mutable } from '../types/mutable.js';
import { createBoundaryReader } from './message/boundary.js';
import { readCount, readDuration } from './message/statistics.js';

/**
 * How fast an answer arrives. All times are in milliseconds, finite and not negative.
 *
 * Two clocks measure them. The one here starts when the result is subscribed to. The server's starts
 * when the request reaches it, so that its times can be shorter than those measured here.
 */
export interface Throughput {
  /** What the latest chunk is about. */
  readonly phase: Phase;
  /** By the clock here: from subscribing to the first chunk. */
  readonly firstChunkMs: number;
  /** By the clock here: from subscribing to the first thinking. Absent before, or without thinking. */
  readonly firstThinkingMs?: number;
  /** By the clock here: from subscribing to the first text of the answer. Absent before. */
  readonly firstAnswerMs?: number;
  /**
   * Tokens generated. Each chunk of the wire counts as one, until the final chunk has the server's count.
   * Within a message it never falls: if more were counted than the server says, the count stays.
   */
  readonly tokens: number;
  /**
   * Tokens generated per second. With `exact` by the server's clock, otherwise by the clock here since
   * the first chunk. Absent until that is 100 ms ago and more tokens have arrived. Also absent above
   * 50,000 per second: such a rate comes from chunks that were sent together, or from a duration that
   * the server did not measure.
   */
  readonly tokensPerSecond?: number;
  /**
   * Whether `tokensPerSecond` is the server's own: `eval_count` by `eval_duration`. It is not for an
   * answer of one token, of which servers don't measure the duration, nor if more tokens were counted
   * than `eval_count` says.
   */
  readonly exact: boolean;
  /** By the server's clock: loading the model. Known from the final chunk on. */
  readonly loadMs?: number;
  /** The length of the prompt. Known from the final chunk on. */
  readonly promptTokens?: number;
  /** By the server's clock: reading the prompt. Known from the final chunk on. */
  readonly promptMs?: number;
  /** Tokens of the prompt per second, by the server's clock. Absent above 1,000,000 per second. */
  readonly promptTokensPerSecond?: number;
  /** By the server's clock: generating. Known from the final chunk on. */
  readonly generationMs?: number;
  /**
   * By the clock here: from subscribing until now. On a final chunk that has `total_duration`, by the
   * server's clock: from the request's arrival to the end.
   */
  readonly totalMs: number;
}

/** Takes in the chunks of one subscription. */
export interface ThroughputCounter {
  /** Takes in a chunk that arrived at the time `now`, and gives the throughput so far. */
  add(chunk: AnyChatChunk & ChunkMarks, now: number): Throughput;
}

const MS_PER_S = 1e3;
/** The shortest time that a rate is measured over here. Chunks of one network read arrive within less. */
const SHORTEST_SPAN_MS = 100;
/**
 * Tokens per ms that no server reaches, so that a higher rate is not one. The server's clock starts with
 * the first token, and llama.cpp takes 1 µs if nothing has passed since. That is the case for one token,
 * and for several that one step of speculative decoding gives.
 */
const FASTEST_GENERATION = 50;
/** The same for the prompt, of which a cached part takes next to no time. */
const FASTEST_PROMPT = 1000;

/** Starts counting at the time `start`. */
export function createThroughput(start: number): ThroughputCounter {
  const boundaryOf = createBoundaryReader();
  let latest = start;
  let elapsed = 0;
  let firstChunkMs: number | undefined;
  let firstThinkingMs: number | undefined;
  let firstAnswerMs: number | undefined;
  let phase: Phase = 'answer';
  let tokens = 0;
  /** Tokens that arrived with the first chunk: how long they took is not known. */
  let untimed = 0;

  return {
    add(chunk, now) {
      // A clock that was put back adds nothing.
      elapsed += Math.max(0, now - latest);
      latest = now;
      if (boundaryOf(chunk) !== 'same') {
        firstChunkMs = firstThinkingMs = firstAnswerMs = undefined;
        phase = 'answer';
        tokens = 0;
      }
      if (chunk.reclassify) {
        firstThinkingMs ??= firstAnswerMs;
        firstAnswerMs = undefined;
      }
      const { thinking, content, tool_calls } = chunk.message;
      const calls = tool_calls?.length;
      if (thinking) firstThinkingMs ??= elapsed;
      if (content) firstAnswerMs ??= elapsed;
      // An empty chunk is a token that is not shown; an empty final chunk is not a token.
      if (!chunk.done || thinking || content || calls) tokens += readCount(chunk.merged) ?? 1;
      if (firstChunkMs === undefined) {
        firstChunkMs = elapsed;
        untimed = tokens;
      }
      if (chunk.phase) phase = chunk.phase;
      else if (chunk.done) phase = 'done';
      else if (calls) phase = 'tools';
      else if (content) phase = 'answer';
      else if (thinking) phase = 'thinking';

      const statistics: ChatStatistics = chunk.done ? chunk : {};
      const serverRate = readServerRate(statistics, tokens);
      tokens = Math.max(tokens, readCount(statistics.eval_count) ?? 0);
      const span = elapsed - firstChunkMs;
      const rate =
        serverRate ??
        (span < SHORTEST_SPAN_MS
          ? undefined
          : perSecond(tokens - untimed, span, FASTEST_GENERATION));

      const throughput: Mutable<Throughput> = {
        phase,
        firstChunkMs,
        totalMs: elapsed,
        tokens,
        exact: serverRate !== undefined,
      };
      if (rate !== undefined) throughput.tokensPerSecond = rate;
      if (firstThinkingMs !== undefined) throughput.firstThinkingMs = firstThinkingMs;
      if (firstAnswerMs !== undefined) throughput.firstAnswerMs = firstAnswerMs;
      if (chunk.done) addStatistics(throughput, statistics);
      return throughput;
    },
  };
}

/** The server's own rate, if it measured one, and for all tokens that were counted here. */
function readServerRate(statistics: ChatStatistics, counted: number): number | undefined {
  const count = readCount(statistics.eval_count) ?? 0;
  if (count < 2 || count < counted) return undefined;
  return perSecond(count, readDuration(statistics.eval_duration), FASTEST_GENERATION);
}

/** Adds the other fields of the final chunk, as far as it has them. */
function addStatistics(throughput: Mutable<Throughput>, statistics: ChatStatistics): void {
  const totalMs = readDuration(statistics.total_duration);
  const loadMs = readDuration(statistics.load_duration);
  const promptTokens = readCount(statistics.prompt_eval_count);
  const promptMs = readDuration(statistics.prompt_eval_duration);
  const promptRate = perSecond(promptTokens, promptMs, FASTEST_PROMPT);
  const generationMs = readDuration(statistics.eval_duration);
  if (totalMs) throughput.totalMs = totalMs;
  if (loadMs) throughput.loadMs = loadMs;
  if (promptTokens) throughput.promptTokens = promptTokens;
  if (promptMs) throughput.promptMs = promptMs;
  if (promptRate !== undefined) throughput.promptTokensPerSecond = promptRate;
  if (generationMs) throughput.generationMs = generationMs;
}

/** A rate; `undefined` if there is nothing to measure, or if it is faster than `fastest` per ms. */
function perSecond(count = 0, ms = 0, fastest: number): number | undefined {
  const rate = count / ms;
  // In no time, any count is infinitely fast.
  return count > 0 && rate <= fastest ? rate * MS_PER_S : undefined;
}
